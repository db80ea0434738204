import type { DistinctCounts } from '../../core/counting/distinct-by-value.js';
import { ceilTo, floorTo, type TimeRange, type Window } from '../../core/counting/time-cover.js';
import type { Group } from '../../core/ports/event-stats.js';
import { HOUR, MINUTE, type Micros } from '../../core/time.js';

/** The shortest day where clocks change by an hour. */
const SHORTEST_DAY = 23 * HOUR;

/** Where a zone moved across the date line, a day includes the skipped one. No cached range is longer. */
const LONGEST_DAY = 48 * HOUR;

/** A time this long ago seldom gets another record. */
const SETTLED_AFTER = 5 * MINUTE;

export interface SeenQuery {
  projectId: number;
  kind: 'user' | 'session';
  dimension: Group;
}

/** A range of time, and how many events there are in it, about. */
export interface CountedRange extends TimeRange {
  events: number;
}

/** A range of time whose distinct users or sessions are cached. */
export interface KeptRange extends TimeRange {
  id: number;
  /** About as many bytes. */
  size: number;
}

/** Hashes of who was seen with each value, repeated or not. */
export type SeenHashes = Map<string, Float64Array>;

/**
 * A cache of who was seen, by group, in past ranges of time, so that the rows of each are read once. A range is dropped when a
 * record of its time is counted or removed.
 */
export interface SeenStore {
  /** The cached ones of these ranges and, of the same moment, the ids of the pending blocks. */
  kept(query: SeenQuery, ranges: readonly TimeRange[]): Promise<{ found: KeptRange[]; pending: number[] }>;
  /** The cached bytes by id (see SeenByValue.toBytes), as far as they still exist. */
  read(ids: readonly number[]): Promise<Map<number, Buffer>>;
  /**
   * To be called before ranges are scanned: from now on, counting a record of their time invalidates them. Returns the ids to
   * store them under, by `from`: none for a range that is cached by now, and none at all while a process is counting.
   */
  reserve(query: SeenQuery, ranges: readonly TimeRange[]): Promise<Map<Micros, number>>;
  /** Who was seen in each of the ranges, by the rows. */
  scan(query: SeenQuery, ranges: readonly CountedRange[]): Promise<SeenHashes[]>;
  /** Stores bytes under ids, except where a record of the range was counted since it was reserved. */
  keep(seen: ReadonlyMap<number, Buffer>): Promise<void>;
  /** All of a window by the rows, in the database's memory. */
  count(query: SeenQuery, window: Window, mostGroups: number): Promise<DistinctCounts>;
}

/** Part of a point of a window's series. */
export interface SeenPiece extends TimeRange {
  point: number;
  /** Whether it is worth caching: will another query ask for the same piece? */
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
    const first = start + ceilTo(from - start, HOUR);
    const end = first + floorTo(Math.min(to, settled) - first, HOUR);
    if (end <= first) return [{ point, from, to, isKept: false }];
    if (from < first) pieces.push({ point, from, to: first, isKept: false });
    for (let at = first; at < end; at += HOUR) pieces.push({ point, from: at, to: at + HOUR, isKept: true });
    if (end < to) pieces.push({ point, from: end, to, isKept: false });
    return pieces;
  });
}
