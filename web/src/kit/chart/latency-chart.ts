import type { Latency, Stats } from '../api/answers.js';
import { valuesOf } from '../series.js';
import { axisOf, type ChartData } from './chart-data.js';

/** Percentiles over time, of events or of requests. */
export function latencyChart(stats: Stats<Latency>): ChartData {
  const { series } = stats;
  return {
    ...axisOf(stats),
    series: [
      { name: 'p50', colour: 'teal', values: valuesOf(series, ({ p50 }) => p50) },
      { name: 'p95', colour: 'amber', values: valuesOf(series, ({ p95 }) => p95) },
      { name: 'p99', colour: 'red', values: valuesOf(series, ({ p99 }) => p99) },
    ],
  };
}
