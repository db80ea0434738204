import { compact, count, exactMillis, exactPercent, millis, percent } from '../format.js';

export type Format = (value: number | null) => string;

/** How the values of a chart are written, and in which steps their axis goes. */
export interface Unit {
  /** On the axis and in the legend, where there is little room. */
  short: Format;
  /** In the tooltip and in words. */
  full: Format;
  /** In the table: with every digit that there is. */
  exact: Format;
  /** Steps of the axis; none: decimal ones. */
  steps?: readonly number[];
  /** Ticks of a logarithmic axis, beside 0. */
  decades: readonly number[];
}

/** 1, 2, 5, 10, 20, 50 …: no ticks between two whole numbers. */
const WHOLE_STEPS = Array.from({ length: 36 }, (_, n) => [1, 2, 5][n % 3] * 10 ** Math.floor(n / 3));
const TENS = Array.from({ length: 13 }, (_, power) => 10 ** power);

const S = 1_000;
const MIN = 60 * S;
const H = 60 * MIN;
const D = 24 * H;
/** Of milliseconds: decimal up to seconds, then as clocks go. */
const DURATION_STEPS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * S),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MIN),
  ...[1, 2, 3, 6, 12].map((n) => n * H),
  ...[1, 2, 5, 10, 20, 50, 100].map((n) => n * D),
];

export const COUNT: Unit = { short: compact, full: count, exact: count, steps: WHOLE_STEPS, decades: TENS };
export const PERCENT: Unit = { short: percent, full: percent, exact: exactPercent, decades: [1, 10, 100] };
export const DURATION: Unit = {
  short: millis,
  full: millis,
  exact: exactMillis,
  steps: DURATION_STEPS,
  decades: [1, 10, 100, S, 10 * S, MIN, 10 * MIN, H, 10 * H, D, 10 * D],
};
