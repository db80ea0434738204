import type { Latency, Stats } from '../api/answers.js';
import { timesOf, valuesOf } from '../series.js';
import type { ChartData } from './chart-panel.js';

/** Percentiles over time, of events or of requests. */
export function latencyChart({ series }: Stats<Latency>): ChartData {
  return {
    times: timesOf(series),
    series: [
      { name: 'p50', colour: 'teal', values: valuesOf(series, ({ p50 }) => p50) },
      { name: 'p95', colour: 'amber', values: valuesOf(series, ({ p95 }) => p95) },
      { name: 'p99', colour: 'red', values: valuesOf(series, ({ p99 }) => p99) },
    ],
  };
}
