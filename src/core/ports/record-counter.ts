import type { FoldedRecords } from '../counting/admission.js';
import type { Micros } from '../time.js';

export interface CountOptions {
  now: Micros;
  /**
   * Values of a capped dimension that are counted one by one, a project and day, and as many again of those that REMEMBERED_DAYS know.
   */
  maxNames: number;
  /** How long a few records may wait, so that those of a bucket are counted together. */
  patienceMs?: number;
  /** Ends after the batch that is under way. */
  stop?: AbortSignal;
}

/** Records that are stored and not in the rollups yet. Every answer has them all the same. */
export interface Backlog {
  records: number;
  /** Milliseconds that the oldest has been waiting; 0 where there is none. It grows while nothing is counted. */
  ageMs: number;
  /** Milliseconds since pending records were last looked at or counted. */
  idleMs: number;
}

/**
 * Moves what was stored into the rollups. May be called again, and in many processes at once: one of them does it.
 */
export abstract class RecordCounter {
  /** Counts what is due. Gives what was counted as '(other)' for want of room. */
  abstract count(options: CountOptions): Promise<FoldedRecords[]>;

  /** As last seen by `count`; another process may have counted some since. */
  abstract backlog(): Backlog;
}

/** Of events. */
export abstract class EventCounter extends RecordCounter {}

/** Of access entries. */
export abstract class AccessCounter extends RecordCounter {}
