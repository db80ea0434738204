import type { DistinctCounts } from '../../core/counting/distinct-by-value.js';
import type { Group } from '../../core/event-stats.js';
import type { Micros } from '../../core/event.js';
import type { Window } from '../../core/window-runs.js';

export interface SeenQuestion {
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
  kept(
    question: SeenQuestion,
    ranges: readonly TimeRange[],
  ): Promise<{ found: KeptRange[]; pending: number[] }>;
  /** What was kept under ids (see SeenByValue.toBytes), where it still is. */
  read(ids: readonly number[]): Promise<Map<number, Buffer>>;
  /**
   * Before ranges are scanned: from now on it is noticed when a record of them is counted. Gives the ids to keep them under, by
   * `from`: of none that is kept by now, and of none while somebody counts.
   */
  reserve(question: SeenQuestion, ranges: readonly TimeRange[]): Promise<Map<Micros, number>>;
  /** Who was seen in each of the ranges, by the rows. */
  scan(question: SeenQuestion, ranges: readonly TimeRange[]): Promise<SeenHashes[]>;
  /** Keeps bytes under ids; not where a record of the range was counted since it was reserved. */
  keep(seen: ReadonlyMap<number, Buffer>): Promise<void>;
  /** All of a window by the rows, in the database's memory. */
  count(question: SeenQuestion, window: Window, mostGroups: number): Promise<DistinctCounts>;
}
