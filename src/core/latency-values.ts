import type { Measures } from './counting/cells.js';
import type { LatencyValues } from './event-stats.js';
import { LatencyHistogram } from './latency-histogram.js';

const NOT_TIMED = new LatencyHistogram();

/** How the durations of records are answered. */
export function latencyOf({ timed, sum, max, histogram }: Measures): LatencyValues {
  const [p50, p95, p99] = (histogram ?? NOT_TIMED).percentilesMs([50, 95, 99], max);
  return { count: timed, avg: timed === 0 ? null : sum / timed, p50, p95, p99, max };
}
