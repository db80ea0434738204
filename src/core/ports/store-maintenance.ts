import type { Micros } from '../time.js';

/**
 * The periodic maintenance of a store. Every method may be repeated and called by many processes at once; long ones end early,
 * with work left over, once `stop` is aborted.
 */
export abstract class StoreMaintenance {
  /** Takes a job's turn: true in one process of the cluster, then in none until `everyMs` has passed or the turn is given back. */
  abstract claim(job: string, everyMs: number): Promise<boolean>;

  /** Gives a claim back after a failure: the job is due again at once. */
  abstract giveBack(job: string): Promise<void>;

  /** Makes room for events received on these days (`YYYY-MM-DD`, UTC). */
  abstract ensurePartitions(days: readonly string[]): Promise<void>;

  /**
   * Removes the events received before this day, with their keys and all that counts them; a day at a time, each wholly or not at all.
   * Gives the days that were removed.
   */
  abstract dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]>;

  /** Removes the minute buckets, of counts and of distinct things, that no query reaches any more. */
  abstract pruneMinutes(now: Micros): Promise<void>;

  /** Removes the events of a project, with their keys and all that counts them: for good, whatever is being counted meanwhile. */
  abstract removeProject(projectId: number): Promise<void>;
}

/**
 * The periodic maintenance of the store of access entries; jobs are claimed at StoreMaintenance. Every method may be repeated
 * and called by many processes at once.
 */
export abstract class AccessMaintenance {
  /** Makes room for entries received on these days (`YYYY-MM-DD`, UTC). */
  abstract ensurePartitions(days: readonly string[]): Promise<void>;

  /** Removes the entries received before this day, with all that counts them; gives the days that were removed. Addresses stay. */
  abstract dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]>;

  /** Removes minute buckets (and minute sketches) that no query reaches any more, and idempotency keys that have expired. */
  abstract prune(now: Micros): Promise<void>;

  /**
   * Removes the entries of a project with all that counts them, its addresses and what its idempotency keys were answered: for
   * good, whatever is being counted meanwhile.
   */
  abstract removeProject(projectId: number): Promise<void>;
}
