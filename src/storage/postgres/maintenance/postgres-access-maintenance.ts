import { AccessMaintenance } from '../../../core/access-maintenance.js';
import { ACCESS } from '../../../core/counting/kind.js';
import type { Micros } from '../../../core/event.js';
import { minuteExpiry, sketchMinuteExpiry } from '../../../core/time-cover.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import { deleteAnswers } from './delete-answers.js';
import { dropDaysBefore } from './drop-days.js';
import { loseHours } from './lose-hours.js';
import { pruneMinutes, pruneSketches } from './prune.js';
import { deleteEntries, removeProject } from './remove-project.js';
import { inUnhurriedTransaction } from './unhurried.js';

/** PostgreSQL's upkeep of access entries. */
export class PostgresAccessMaintenance extends AccessMaintenance {
  constructor(private readonly database: Pick<Database, 'query'>) {
    super();
  }

  ensurePartitions(days: readonly string[]): Promise<void> {
    return ensurePartitions(this.database.query, 'access_logs', days);
  }

  dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]> {
    return dropDaysBefore(this.database.query, ACCESS, day, stop, loseHours);
  }

  async prune(now: Micros): Promise<void> {
    await pruneMinutes(this.database.query, ACCESS, minuteExpiry(now));
    await pruneSketches(this.database.query, ACCESS, sketchMinuteExpiry(now));
    await inUnhurriedTransaction(this.database.query, (db) => deleteAnswers(db, now));
  }

  removeProject(projectId: number): Promise<void> {
    return removeProject(this.database.query, ACCESS, projectId, deleteEntries);
  }
}
