import type { Stats } from '../api/answers.js';
import { INTERVAL_S } from '../interval.js';
import { timesOf, type Point } from '../series.js';
import type { ChartSeries } from './chart-series.js';

/** Points over the stretches of time that a server counted. */
export interface ChartData {
  times: readonly number[];
  stepS: number;
  counted: { fromMs: number; toMs: number };
  series: readonly ChartSeries[];
}

/** The times of an answer, and what of them was counted. */
export function axisOf({
  from,
  to,
  interval,
  series,
}: Pick<Stats<unknown>, 'from' | 'to' | 'interval'> & { series: readonly Point[] }) {
  return {
    times: timesOf(series),
    stepS: INTERVAL_S[interval],
    counted: { fromMs: Date.parse(from), toMs: Date.parse(to) },
  };
}
