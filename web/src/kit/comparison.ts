import type { Latency } from './api/answers.js';
import { change, points } from './format.js';
import type { Point } from './series.js';
import { countsDiffer, shareOf, sharesDiffer, type Share } from './significance.js';

/** A number against the period before. */
export interface Comparison {
  /** "+12%", "−0.4 pp" */
  text: string;
  way: 'up' | 'down' | 'flat';
  /** More than chance does. */
  significant: boolean;
}

/** 'none': the period before has no data; 'part': it has some, but not from its beginning; 'few': too little to compare with. */
export type Compared = Comparison | 'none' | 'part' | 'few';

/** From two to six is +200 %, which means nothing. */
const LEAST_COUNT = 20;
const LEAST_SHARE_OF = 30;
/** Of durations: ten above a 95th percentile. */
const LEAST_TIMED = 200;
/** Percentiles are within 1 %. */
const LEAST_LATENCY_CHANGE = 0.02;

/** How much of a period may be without data before its first, until that is when the data begins rather than a quiet time. */
const MOST_EMPTY = 0.25;

/** Does the data begin in the middle of a period? Then a larger number in the next one is not growth. */
export function beginsLate<P extends Point>(
  { from, to, series }: { from: string; to: string; series: readonly P[] },
  has: (point: P) => boolean,
): boolean {
  const first = series.find(has);
  if (!first) return false;
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return Date.parse(first.time) > fromMs + (toMs - fromMs) * MOST_EMPTY;
}

export function compareCounts(now: number, before: number): Compared {
  if (before === 0) return 'none';
  if (before < LEAST_COUNT) return 'few';
  return comparison(change((now / before - 1) * 100), now - before, countsDiffer(now, before));
}

/** In percentage points: "+50 %" of an error rate could be one point or ten. */
export function compareShares(now: Share, before: Share): Compared {
  if (before.of === 0) return 'none';
  if (before.of < LEAST_SHARE_OF || now.of < LEAST_SHARE_OF) return 'few';
  const difference = (shareOf(now) - shareOf(before)) * 100;
  return comparison(points(difference), difference, sharesDiffer(now, before));
}

export function compareLatencies(now: Latency, before: Latency, percentile: 'p50' | 'p95'): Compared {
  const [a, b] = [now[percentile], before[percentile]];
  if (b === null) return 'none';
  if (a === null || b === 0 || now.count < LEAST_TIMED || before.count < LEAST_TIMED) return 'few';
  const error = Math.hypot(standardError(now, percentile), standardError(before, percentile));
  const significant = Math.abs(a - b) > Math.max(2.576 * error, LEAST_LATENCY_CHANGE * b);
  return comparison(change((a / b - 1) * 100), a - b, significant);
}

/**
 * Of a quantile q of n values: sqrt(q(1 − q)/n) / f(q), with the density f there estimated from the distance to the next
 * percentile that is known.
 */
function standardError({ count, p50, p95, p99 }: Latency, percentile: 'p50' | 'p95'): number {
  const [q, spread] =
    percentile === 'p50' ? [0.5, (p95! - p50!) / 0.45] : ([0.95, (p99! - p95!) / 0.04] as const);
  return Math.sqrt((q * (1 - q)) / count) * spread;
}

function comparison(text: string, difference: number, significant: boolean): Comparison {
  const flat = /^±?0/.test(text);
  return { text, way: flat ? 'flat' : difference > 0 ? 'up' : 'down', significant: significant && !flat };
}
