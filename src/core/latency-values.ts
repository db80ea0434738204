import type { LatencyValues } from './event-stats.js';
import type { LatencyHistogram } from './latency-histogram.js';

/** What was measured of some durations, in milliseconds. */
export interface Durations {
  n: number;
  sum: number;
  /** null where there are none. */
  max: number | null;
}

/** How durations are answered; their histogram gives the percentiles. */
export function latencyValues({ n, sum, max }: Durations, histogram: LatencyHistogram): LatencyValues {
  const [p50, p95, p99] = histogram.percentilesMs([50, 95, 99], max);
  return { count: n, avg: n === 0 ? null : sum / n, p50, p95, p99, max };
}
