import { day, minute } from '../format.js';
import { peakOf, sum, type Values } from '../series.js';
import type { ChartSeries } from './chart-series.js';
import type { Format } from './unit.js';

/** A day on which clocks go forward has 23 hours. */
export const NEARLY_A_DAY_S = 82_800;

/** How a bucket is named: days by date, shorter ones with the clock. */
export function bucketName(timeS: number, stepS: number): string {
  return stepS >= NEARLY_A_DAY_S ? day(timeS * 1000) : minute(timeS * 1000);
}

/** What the chart shows, in words: for who hears it rather than sees it. */
export function describe(
  times: readonly number[],
  stepS: number,
  series: readonly ChartSeries[],
  kind: 'bars' | 'lines',
  format: Format,
): string {
  if (times.length === 0) return 'No data.';
  const last = times.length - 1;
  const span = `From ${bucketName(times[0], stepS)} to ${bucketName(times[last], stepS)}.`;
  return [span, ...series.map((one) => sentence(one.name, one.values, times, stepS, kind, format))].join(' ');
}

function sentence(
  name: string,
  values: Values,
  times: readonly number[],
  stepS: number,
  kind: 'bars' | 'lines',
  format: Format,
): string {
  const peak = peakOf(values);
  if (peak < 0) return `${name}: none.`;
  const most = `peak ${format(values[peak])} at ${bucketName(times[peak], stepS)}`;
  return kind === 'bars' ? `${name}: ${format(sum(values))} in total, ${most}.` : `${name}: ${most}.`;
}
