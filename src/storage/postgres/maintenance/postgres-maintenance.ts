import { EVENTS } from '../../../core/counting/kind.js';
import type { Micros } from '../../../core/event.js';
import { StoreMaintenance } from '../../../core/store-maintenance.js';
import { minuteExpiry, sketchMinuteExpiry } from '../../../core/time-cover.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import { claimJob, giveJobBack } from './claim-job.js';
import { deleteEventKeys } from './delete-event-keys.js';
import { dropDaysBefore } from './drop-days.js';
import { pruneMinutes, pruneSeen, pruneSketches } from './prune.js';
import { deleteEvents, removeProject } from './remove-project.js';

/** PostgreSQL's upkeep of events: partitions, retention, rollups. */
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

  dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]> {
    return dropDaysBefore(this.database.query, EVENTS, day, stop, deleteEventKeys);
  }

  async pruneMinutes(now: Micros): Promise<void> {
    await pruneMinutes(this.database.query, EVENTS, minuteExpiry(now));
    await pruneSketches(this.database.query, EVENTS, sketchMinuteExpiry(now));
    await pruneSeen(this.database.query);
  }

  removeProject(projectId: number): Promise<void> {
    return removeProject(this.database.query, EVENTS, projectId, deleteEvents);
  }
}
