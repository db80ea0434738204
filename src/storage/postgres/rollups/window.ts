import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import { cover, minuteFloor, type Piece, type Tier } from '../../../core/time-cover.js';

/** A window of time cut into the points of a series, and those into pieces of buckets and rows. */
export interface Window {
  from: Micros;
  /** Exclusive. */
  to: Micros;
  /** Where each point begins; the first may begin before `from`. */
  starts: readonly Micros[];
}

/**
 * The values of parameters $1 to $6 of every query that counts a window: project, the pieces (from, to, tier, point)
 * and the window's end. Points are numbered from 1.
 */
export function windowValues(
  projectId: number,
  window: Window,
  tiers: readonly Tier[],
  now: Micros,
): unknown[] {
  const pieces = window.starts.flatMap((start, index) => {
    const end = window.starts[index + 1] ?? window.to;
    const covered = cover(Math.max(start, window.from), Math.min(end, window.to), tiers, minuteFloor(now));
    return covered.map((piece): Piece & { point: number } => ({ ...piece, point: index + 1 }));
  });
  return [
    projectId,
    pieces.map((piece) => formatRfc3339(piece.from)),
    pieces.map((piece) => formatRfc3339(piece.to)),
    pieces.map((piece) => piece.tier),
    pieces.map((piece) => piece.point),
    formatRfc3339(window.to),
  ];
}
