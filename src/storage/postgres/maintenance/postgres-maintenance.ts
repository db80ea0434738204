import { EVENTS } from '../../../core/counting/kind.js';
import type { Micros } from '../../../core/event.js';
import { StoreMaintenance } from '../../../core/store-maintenance.js';
import { minuteExpiry, sketchMinuteExpiry } from '../../../core/time-cover.js';
import type { Database } from '../database.js';
import { ensurePartitions } from '../partitions.js';
import { rows, type Queryable } from '../sql.js';
import { dropDaysBefore } from './drop-days.js';
import { pruneMinutes, pruneSeen, pruneSketches } from './prune.js';
import { deleteEvents, removeProject } from './remove-project.js';

// The timers of several processes are not in step: one that fires a little early may claim the job all the same.
const EARLY = 0.9;

/** Maintenance of events on PostgreSQL: partitions, retention, rollups. */
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

/** By the database's clock, the one that all processes share. */
async function claimJob(db: Queryable, job: string, everyMs: number): Promise<boolean> {
  const claimed = await rows(db, {
    name: 'maintenance.claim',
    text: `insert into maintenance_jobs as j (job, ran_at) values ($1, clock_timestamp())
           on conflict (job) do update set ran_at = excluded.ran_at
           where j.ran_at <= excluded.ran_at - $2::float8 * interval '1 millisecond'
           returning 1`,
    values: [job, everyMs * EARLY],
  });
  return claimed.length > 0;
}

async function giveJobBack(db: Queryable, job: string): Promise<void> {
  await rows(db, { text: 'delete from maintenance_jobs where job = $1', values: [job] });
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
