/** So many of so many. */
export interface Share {
  hits: number;
  of: number;
}

/** Two-sided, 99 %: a page shows some thirty numbers, and at 95 % more than one of them would be marked by chance. */
const Z = 2.576;
/** With fewer records a share says next to nothing: one error of three is 33 %. */
const LEAST_SAMPLE = 30;
const LEAST_HITS = 5;
/** What differs for certain may still differ by next to nothing: with a million requests 5.1 % is certainly not 5.0 %. */
const NOTABLE = 1.5;

export const shareOf = ({ hits, of }: Share) => (of === 0 ? 0 : hits / of);
/** null where there is nothing to have a share of. */
export const percentOf = ({ hits, of }: Share) => (of === 0 ? null : (hits / of) * 100);

/** Is this share significantly above the overall one? (lower bound of Wilson 1927) */
export function standsOut(share: Share, overall: Share): boolean {
  if (share.of < LEAST_SAMPLE || share.hits < LEAST_HITS) return false;
  const usual = shareOf(overall);
  return lowerBound(share) > usual && shareOf(share) >= usual * NOTABLE;
}

function lowerBound({ hits, of }: Share): number {
  const p = hits / of;
  const spread = Z * Math.sqrt((p * (1 - p)) / of + (Z * Z) / (4 * of * of));
  return (p + (Z * Z) / (2 * of) - spread) / (1 + (Z * Z) / of);
}

/** Do two shares differ significantly? (two-proportion z-test) */
export function sharesDiffer(a: Share, b: Share): boolean {
  if (a.of < LEAST_SAMPLE || b.of < LEAST_SAMPLE) return false;
  const pooled = (a.hits + b.hits) / (a.of + b.of);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / a.of + 1 / b.of));
  return error > 0 && Math.abs(shareOf(a) - shareOf(b)) > Z * error;
}

/** The same of two counts over the same length of time (Poisson). */
export function countsDiffer(a: number, b: number): boolean {
  return Math.abs(a - b) > Z * Math.sqrt(a + b);
}
