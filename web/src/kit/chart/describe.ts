import { clock, day, minute } from '../format.js';
import { peakOf, sum, type Values } from '../series.js';
import type { ChartSeries } from './chart-series.js';

export type Format = (value: number | null) => string;

const DAY_S = 86_400;

/** How a bucket is named: days by date, shorter ones with the clock. */
export function bucketName(timeS: number, stepS: number): string {
  return stepS >= DAY_S - 7200 ? day(timeS * 1000) : minute(timeS * 1000);
}

/** "21 Nov, 10:00 – 11:00" */
export function bucketSpan(timeS: number, stepS: number): string {
  const name = bucketName(timeS, stepS);
  return stepS >= DAY_S - 7200 ? name : `${name} – ${clock((timeS + stepS) * 1000)}`;
}

/** What the chart shows, in words: for who hears it rather than sees it. */
export function describe(
  times: readonly number[],
  stepS: number,
  series: readonly ChartSeries[],
  kind: 'bars' | 'lines',
  format: Format,
): string {
  if (times.length === 0) return 'Nothing to show.';
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
  const most = `most ${format(values[peak])} at ${bucketName(times[peak], stepS)}`;
  return kind === 'bars' ? `${name}: ${format(sum(values))} in all, ${most}.` : `${name}: ${most}.`;
}
