import type { Micros } from './event.js';

/**
 * What the store of access entries needs done from time to time; as StoreMaintenance, which claims the turns (`claim`).
 * Every method may be called again, or by many processes at once.
 */
export abstract class AccessMaintenance {
  /** Makes room for entries received on these days (`YYYY-MM-DD`, UTC). */
  abstract ensurePartitions(days: readonly string[]): Promise<void>;

  /** Removes the entries received before this day, with all that counts them; gives the days that were removed. Addresses stay. */
  abstract dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]>;

  /** Removes minute buckets (and minute sketches) that no question reaches any more, and idempotency keys that have expired. */
  abstract prune(now: Micros): Promise<void>;

  /**
   * Removes the entries of a project with all that counts them, its addresses and what its idempotency keys were answered: for
   * good, whatever is being counted meanwhile.
   */
  abstract removeProject(projectId: number): Promise<void>;
}
