import type { Micros } from '../../core/event.js';
import type { Window } from '../../core/window-runs.js';
import type { TimeRange } from './seen-store.js';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
/** The shortest day where clocks change by an hour. */
const SHORTEST_DAY = 23 * HOUR;
/** Where a zone moved across the date line a day has the one that was skipped too. The table of kept ranges has none longer. */
const LONGEST_DAY = 48 * HOUR;
/** A time that is over for so long seldom gets another record. */
const SETTLED_AFTER = 5 * MINUTE;

/** Part of a point of a window's series. */
export interface SeenPiece extends TimeRange {
  point: number;
  /** Is who was seen in it worth keeping: will another question ask for the same piece? */
  isKept: boolean;
}

/**
 * A window in pieces: days that are over, or else the hours of a point, as its time zone has them; what is left at the ends is read
 * from the rows.
 */
export function piecesOf(window: Window, now: Micros): SeenPiece[] {
  const settled = now - SETTLED_AFTER;
  return window.starts.flatMap((start, point) => {
    const from = Math.max(start, window.from);
    const to = Math.min(window.starts[point + 1] ?? window.to, window.to);
    const length = to - from;
    if (from === start && length >= SHORTEST_DAY && length <= LONGEST_DAY && to <= settled)
      return [{ point, from, to, isKept: true }];
    const pieces: SeenPiece[] = [];
    const first = start + Math.ceil((from - start) / HOUR) * HOUR;
    const end = first + Math.floor((Math.min(to, settled) - first) / HOUR) * HOUR;
    if (end <= first) return [{ point, from, to, isKept: false }];
    if (from < first) pieces.push({ point, from, to: first, isKept: false });
    for (let at = first; at < end; at += HOUR) pieces.push({ point, from: at, to: at + HOUR, isKept: true });
    if (end < to) pieces.push({ point, from: end, to, isKept: false });
    return pieces;
  });
}
