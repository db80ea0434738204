import type { Micros } from './event.js';
import { formatRfc3339 } from './rfc3339.js';
import { cover, type Piece, type Tier } from './time-cover.js';

/** A window of time cut into the points of a series. */
export interface Window {
  from: Micros;
  /** Exclusive. */
  to: Micros;
  /** Where each point begins; the first may begin before `from`. */
  starts: readonly Micros[];
}

/**
 * A window cut into pieces of buckets and rows. A bucket belongs to one point, so each point is covered by itself; buckets of one
 * tier that follow one another are one piece, a piece of rows is of one point.
 */
export function runsOf(window: Window, tiers: readonly Tier[], firstMinute: Micros): Piece[] {
  const runs: Piece[] = [];
  window.starts.forEach((start, index) => {
    const from = Math.max(start, window.from);
    const to = Math.min(window.starts[index + 1] ?? window.to, window.to);
    for (const piece of cover(from, to, tiers, firstMinute)) {
      const last = runs.at(-1);
      if (piece.tier !== 0 && last?.tier === piece.tier) last.to = piece.to;
      else runs.push(piece);
    }
  });
  return runs;
}

/** Where only buckets are there to be counted. @throws RangeError for a piece of rows */
export function refuseRagged(pieces: readonly Piece[]): void {
  const ragged = pieces.find(({ tier }) => tier === 0);
  if (!ragged) return;
  throw new RangeError(`${formatRfc3339(ragged.from)} to ${formatRfc3339(ragged.to)} has no whole buckets`);
}
