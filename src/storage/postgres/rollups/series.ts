import type {
  ErrorValues,
  LatencyValues,
  SeriesPoint,
  StatsAnswer,
  StatsValues,
} from '../../../core/event-stats.js';
import type { Micros } from '../../../core/event.js';
import { LatencyHistogram } from '../../../core/latency-histogram.js';
import { latencyValues } from '../../../core/latency-values.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import type { Counted } from './queries/counted.js';
import type { HistogramPart, LatencyParts } from './queries/select-latency.js';

/** Values of one point of a series, and of one group where there are groups. */
export interface PointValues {
  /** From 1. */
  point: number;
  group: string;
  values: StatsValues;
}

/** A point for each start, or for each point and group that has something to say. */
export function seriesOf(
  starts: readonly Micros[],
  found: readonly PointValues[],
  grouped: boolean,
  nothing: StatsValues,
): SeriesPoint[] {
  const times = starts.map(formatRfc3339);
  if (grouped) return found.map(({ point, group, values }) => ({ time: times[point - 1], group, ...values }));
  const byPoint = new Map(found.map((one) => [one.point, one.values]));
  return times.map((time, index) => ({ time, ...(byPoint.get(index + 1) ?? nothing) }));
}

/** What `values` makes of each row and of the sum of all. */
export function countAnswer(
  starts: readonly Micros[],
  counted: readonly Counted[],
  grouped: boolean,
  values: (row: Omit<Counted, 'point' | 'value'>) => StatsValues,
): StatsAnswer {
  const found = counted.map((row) => ({ point: row.point, group: row.value, values: values(row) }));
  return { series: seriesOf(starts, found, grouped, values(summed([]))), totals: values(summed(counted)) };
}

export function latencyAnswer(starts: readonly Micros[], parts: LatencyParts, grouped: boolean): StatsAnswer {
  const { found, total } = latencyFound(parts);
  return { series: seriesOf(starts, found, grouped, NOT_TIMED), totals: total };
}

/** Of all together, and of each of `points` points. */
export function latencySeries(
  points: number,
  parts: LatencyParts,
): { total: LatencyValues; series: LatencyValues[] } {
  const { found, total } = latencyFound(parts);
  const byPoint = new Map(found.map(({ point, values }) => [point, values]));
  return { total, series: Array.from({ length: points }, (_, index) => byPoint.get(index + 1) ?? NOT_TIMED) };
}

function latencyFound({ counted, histograms: parts }: LatencyParts): {
  found: (PointValues & { values: LatencyValues })[];
  total: LatencyValues;
} {
  const histograms = new Map<string, LatencyHistogram>();
  for (const [key, some] of Map.groupBy(parts, keyOf)) histograms.set(key, histogramOf(some));
  const all = new LatencyHistogram();
  for (const histogram of histograms.values()) all.merge(histogram);
  const none = new LatencyHistogram();
  const found = counted.map((row) => ({
    point: row.point,
    group: row.value,
    values: valuesOf(row, histograms.get(keyOf(row)) ?? none),
  }));
  return { found, total: valuesOf(summed(counted), all) };
}

function histogramOf(parts: readonly HistogramPart[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const part of parts) histogram.add(numbers(part.bins), numbers(part.counts));
  return histogram;
}

export function errorValues(row: Pick<Counted, 'n' | 'errors'>): ErrorValues {
  return { count: row.errors, total: row.n, rate: row.n === 0 ? 0 : (100 * row.errors) / row.n };
}

function valuesOf(row: Omit<Counted, 'point' | 'value'>, histogram: LatencyHistogram): LatencyValues {
  return latencyValues({ n: row.duration_n, sum: row.duration_sum, max: row.duration_max }, histogram);
}

function summed(counted: readonly Counted[]): Omit<Counted, 'point' | 'value'> {
  const sum = { n: 0, errors: 0, duration_n: 0, duration_sum: 0, duration_max: null as number | null };
  for (const row of counted) {
    sum.n += row.n;
    sum.errors += row.errors;
    sum.duration_n += row.duration_n;
    sum.duration_sum += row.duration_sum;
    if (row.duration_max !== null)
      sum.duration_max = Math.max(sum.duration_max ?? -Infinity, row.duration_max);
  }
  return sum;
}

const NOT_TIMED = valuesOf(summed([]), new LatencyHistogram());

function keyOf(row: { point: number; value: string }): string {
  return `${row.point} ${row.value}`;
}

// `{1,2,3}`: several times as fast as pg's parser of arrays of anything.
function numbers(array: string): number[] {
  return JSON.parse(`[${array.slice(1, -1)}]`) as number[];
}
