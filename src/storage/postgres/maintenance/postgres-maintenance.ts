import type { Micros } from '../../../core/event.js';
import { StoreMaintenance } from '../../../core/store-maintenance.js';
import { minuteExpiry } from '../../../core/time-cover.js';
import type { Database } from '../database.js';
import { ensurePartitions, partitionDays } from '../partitions.js';
import { compact } from '../rollups/compaction/compact.js';
import { claimJob, giveJobBack } from './claim-job.js';
import { dropDay } from './drop-day.js';
import { pruneMinutes } from './prune-minutes.js';

/** PostgreSQL's upkeep: partitions, retention, rollups. */
export class PostgresMaintenance extends StoreMaintenance {
  constructor(private readonly database: Pick<Database, 'query'>) {
    super();
  }

  claim(job: string, everyMs: number): Promise<boolean> {
    return claimJob(this.database.query, job, everyMs);
  }

  giveBack(job: string): Promise<void> {
    return giveJobBack(this.database.query, job);
  }

  ensurePartitions(days: readonly string[]): Promise<void> {
    return ensurePartitions(this.database.query, 'events', days);
  }

  async dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]> {
    const days = (await partitionDays(this.database.query, 'events')).filter((old) => old < day);
    const dropped: string[] = [];
    for (const old of days) {
      if (stop.aborted) break;
      await dropDay(this.database.query, old);
      dropped.push(old);
    }
    return dropped;
  }

  pruneMinutes(now: Micros): Promise<void> {
    return pruneMinutes(this.database.query, minuteExpiry(now));
  }

  async compact(now: Micros, maxNames: number, stop: AbortSignal): Promise<void> {
    await compact(this.database.query, { now, maxNames, stop });
  }
}
