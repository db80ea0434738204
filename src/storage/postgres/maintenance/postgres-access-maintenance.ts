import { ACCESS } from '../../../core/counting/kind.js';
import { AccessMaintenance } from '../../../core/ports/store-maintenance.js';
import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import type { Micros } from '../../../core/time.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import { rows, type Queryable } from '../sql.js';
import { inTransactionWithoutTimeout } from '../transaction.js';
import { dropDaysBefore } from './drop-days.js';
import { pruneMinutes } from './prune.js';
import { deleteEntries, removeProject } from './remove-project.js';

/** Maintenance of access entries on PostgreSQL. */
export class PostgresAccessMaintenance extends AccessMaintenance {
  constructor(private readonly database: Pick<Database, 'query'>) {
    super();
  }

  ensurePartitions(days: readonly string[]): Promise<void> {
    return ensurePartitions(this.database.query, 'access_logs', days);
  }

  dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]> {
    return dropDaysBefore(this.database.query, ACCESS, day, stop, deleteHours);
  }

  async prune(now: Micros): Promise<void> {
    await pruneMinutes(this.database.query, ACCESS, now);
    const text = 'delete from access_answers where expires_at <= $1::timestamptz';
    await inTransactionWithoutTimeout(this.database.query, (db) =>
      rows(db, { text, values: [formatRfc3339(now)] }),
    );
  }

  removeProject(projectId: number): Promise<void> {
    return removeProject(this.database.query, ACCESS, projectId, deleteEntries);
  }
}

/**
 * Revision 0 for each hour that has entries received on this day, which are about to go: what is left of it is no longer all of
 * it, and stays so. By what counts them, before that goes too.
 */
async function deleteHours(db: Queryable, day: string): Promise<void> {
  await rows(db, {
    text: `
insert into access_hours (project_id, hour, revision)
select project_id, bucket, 0 from access_rollups where day = $1::date and tier = 60
union
select project_id, date_bin('1 hour', "timestamp", '1970-01-01Z'), 0 from access_pending where day = $1::date
on conflict (project_id, hour) do update set revision = 0`,
    values: [day],
  });
}
