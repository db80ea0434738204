/** Widths of a chart's points, the finest first, and their lengths in seconds; a day of a time zone may be an hour off. */
export const INTERVAL_S = {
  '1m': 60,
  '5m': 300,
  '15m': 900,
  '1h': 3_600,
  '3h': 10_800,
  '6h': 21_600,
  '1d': 86_400,
} as const;
export type Interval = keyof typeof INTERVAL_S;
const INTERVALS = Object.keys(INTERVAL_S) as Interval[];

/** More bars than these a chart as wide as a desk's screen cannot tell apart. */
const MOST_POINTS = 400;
const LEAST_POINTS = 3;
/** The default number of points: easy to read at a desk and on a phone. */
export const READABLE_POINTS = { desk: 120, phone: 60 } as const;

const DAY_MS = 86_400_000;
/** How far back the server counts by less than a quarter of an hour; unique addresses, which are large, less far. */
const MINUTES_REACH_MS = 8 * DAY_MS;
const UNIQUES_REACH_MS = 7_200_000;

interface Stretch {
  fromMs: number;
  toMs: number;
}

const pointsOf = ({ fromMs, toMs }: Stretch, interval: Interval) =>
  (toMs - fromMs) / (INTERVAL_S[interval] * 1000);

/** The intervals that a window can be drawn in; at least one. */
export function fittingIntervals(window: Stretch, nowMs: number): readonly Interval[] {
  const reached = (interval: Interval) =>
    INTERVAL_S[interval] >= INTERVAL_S['15m'] || window.fromMs >= nowMs - MINUTES_REACH_MS;
  const fine = INTERVALS.filter(reached);
  const fitting = fine.filter((interval) => {
    const points = pointsOf(window, interval);
    return points <= MOST_POINTS && points >= LEAST_POINTS;
  });
  if (fitting.length > 0) return fitting;
  // Of minutes, or of years.
  return [pointsOf(window, fine[0]) < LEAST_POINTS ? fine[0] : '1d'];
}

/** The requested interval if it fits, otherwise the finest that is easy to read. */
export function intervalOf(
  asked: string | undefined,
  window: Stretch,
  nowMs: number,
  readablePoints: number,
): Interval {
  const fitting = fittingIntervals(window, nowMs);
  return (
    fitting.find((interval) => interval === asked) ??
    fitting.find((interval) => pointsOf(window, interval) <= readablePoints) ??
    fitting[fitting.length - 1]
  );
}

/** The interval that unique addresses come in where the others come in this. */
export function uniquesInterval(interval: Interval, { fromMs }: Stretch, nowMs: number): Interval {
  const tooFine = INTERVAL_S[interval] < INTERVAL_S['15m'] && fromMs < nowMs - UNIQUES_REACH_MS;
  return tooFine ? '15m' : interval;
}
