import { EVENTS } from '../../../core/counting/kind.js';
import { StoreMaintenance } from '../../../core/ports/store-maintenance.js';
import type { Micros } from '../../../core/time.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import { rows, type Queryable } from '../sql.js';
import { dropDaysBefore } from './drop-days.js';
import { pruneMinutes } from './prune.js';
import { deleteEvents, removeProject } from './remove-project.js';

// The timers of several processes are not in step: one that fires a little early may claim the job all the same.
const EARLY = 0.9;
/** Days after which nobody asks for what is kept of who was seen any more. */
const SEEN_UNUSED_DAYS = 7;

/** Maintenance of events on PostgreSQL: partitions, retention, rollups. */
export class PostgresMaintenance extends StoreMaintenance {
  constructor(private readonly database: Pick<Database, 'query'>) {
    super();
  }

  // By the database's clock, the one that all processes share.
  async claim(job: string, everyMs: number): Promise<boolean> {
    const claimed = await rows(this.database.query, {
      name: 'maintenance.claim',
      text: `insert into maintenance_jobs as j (job, ran_at) values ($1, clock_timestamp())
             on conflict (job) do update set ran_at = excluded.ran_at
             where j.ran_at <= excluded.ran_at - $2::float8 * interval '1 millisecond'
             returning 1`,
      values: [job, everyMs * EARLY],
    });
    return claimed.length > 0;
  }

  async giveBack(job: string): Promise<void> {
    await rows(this.database.query, { text: 'delete from maintenance_jobs where job = $1', values: [job] });
  }

  ensurePartitions(days: readonly string[]): Promise<void> {
    return ensurePartitions(this.database.query, 'events', days);
  }

  dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]> {
    return dropDaysBefore(this.database.query, EVENTS, day, stop, deleteEventKeys);
  }

  async pruneMinutes(now: Micros): Promise<void> {
    await pruneMinutes(this.database.query, EVENTS, now);
    await rows(this.database.query, {
      text: `delete from event_seen where id in (
               select id from event_seen where used_at < clock_timestamp() - $1::int * interval '1 day' for update skip locked)`,
      values: [SEEN_UNUSED_DAYS],
    });
  }

  removeProject(projectId: number): Promise<void> {
    return removeProject(this.database.query, EVENTS, projectId, deleteEvents);
  }
}

/** Deletes the keys of the events received on a day. */
async function deleteEventKeys(db: Queryable, day: string): Promise<void> {
  await rows(db, {
    text: `delete from event_keys
           where created_at >= $1::date::timestamp at time zone 'UTC'
             and created_at < ($1::date + 1)::timestamp at time zone 'UTC'`,
    values: [day],
  });
}
