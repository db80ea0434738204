import type { DistinctCounts } from '../../core/counting/distinct-by-value.js';
import type { Group } from '../../core/event-stats.js';
import type { Micros } from '../../core/event.js';
import type { Window } from '../../core/time-cover.js';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;

/** The shortest day where clocks change by an hour. */
const SHORTEST_DAY = 23 * HOUR;

/** Where a zone moved across the date line a day has the one that was skipped too. The table of kept ranges has none longer. */
const LONGEST_DAY = 48 * HOUR;

/** A time that is over for so long seldom gets another record. */
const SETTLED_AFTER = 5 * MINUTE;

export interface SeenQuery {
  projectId: number;
  kind: 'user' | 'session';
  dimension: Group;
}

/** `from` inclusive, `to` exclusive. */
export interface TimeRange {
  from: Micros;
  to: Micros;
}

/** A range of which is kept who was seen. */
export interface KeptRange extends TimeRange {
  id: number;
  /** About as many bytes. */
  size: number;
}

/** Hashes of who was seen with each value, repeated or not. */
export type SeenHashes = Map<string, Float64Array>;

/**
 * Where it is kept who was seen by group in ranges of time that are over, so that the rows of each are read once. A range is
 * forgotten when a record of its time is counted or removed.
 */
export interface SeenStore {
  /** Those of the ranges that are kept and, of the same moment, the ids of the blocks that are not counted. */
  kept(query: SeenQuery, ranges: readonly TimeRange[]): Promise<{ found: KeptRange[]; pending: number[] }>;
  /** What was kept under ids (see SeenByValue.toBytes), where it still is. */
  read(ids: readonly number[]): Promise<Map<number, Buffer>>;
  /**
   * Before ranges are scanned: from now on it is noticed when a record of them is counted. Gives the ids to keep them under, by
   * `from`: of none that is kept by now, and of none while somebody counts.
   */
  reserve(query: SeenQuery, ranges: readonly TimeRange[]): Promise<Map<Micros, number>>;
  /** Who was seen in each of the ranges, by the rows. */
  scan(query: SeenQuery, ranges: readonly TimeRange[]): Promise<SeenHashes[]>;
  /** Keeps bytes under ids; not where a record of the range was counted since it was reserved. */
  keep(seen: ReadonlyMap<number, Buffer>): Promise<void>;
  /** All of a window by the rows, in the database's memory. */
  count(query: SeenQuery, window: Window, mostGroups: number): Promise<DistinctCounts>;
}

/** Part of a point of a window's series. */
export interface SeenPiece extends TimeRange {
  point: number;
  /** Is who was seen in it worth keeping: will another query ask for the same piece? */
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
