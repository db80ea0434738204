import type { Micros } from '../../../core/event.js';
import { AccessMaintenance } from '../../../core/store-maintenance.js';
import { minuteExpiry, sketchMinuteExpiry } from '../../../core/time-cover.js';
import { number, time } from '../literals.js';
import type { Mysql } from '../mysql.js';
import { withLock } from '../named-lock.js';
import type { Partitions } from '../partitions.js';
import type { Session, Sessions } from '../sql.js';
import { dropDaysBefore } from './drop-days.js';

/** How long to wait for the lock: longer than one batch of counting takes. */
const PATIENCE_S = 300;

/** Rows of a transaction: locks on more of them would hold up the appends of others. */
const CHUNK = 5_000;

const TABLES = [
  'access_totals',
  'access_rollups',
  'access_uniques',
  'access_hours',
  'ip_counts',
  'ip_registers',
  'access_answers',
  'ip_addresses',
  'access_logs',
];

/** Maintenance of access entries on MariaDB: partitions, retention. */
export class MysqlAccessMaintenance extends AccessMaintenance {
  constructor(
    private readonly mysql: Pick<Mysql, 'background'>,
    /** The same object as the MysqlAccessStore's. */
    private readonly partitions: Partitions,
  ) {
    super();
  }

  ensurePartitions(days: readonly string[]): Promise<void> {
    return this.partitions.ensure(days);
  }

  dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]> {
    return dropDaysBefore(this.mysql.background, this.partitions, day, stop);
  }

  prune(now: Micros): Promise<void> {
    return prune(this.mysql.background, now);
  }

  removeProject(projectId: number): Promise<void> {
    return removeProject(this.mysql.background, projectId);
  }
}

/** Deletes what no query reaches any more: minute buckets, minute sketches, idempotency keys. */
async function prune(background: Sessions, now: Micros): Promise<void> {
  await background.use(async (db) => {
    for (const project of await projectsOf(db)) {
      // by project, so that the primary key leads to the buckets
      const minutes = `project_id = ${number(project)} and tier = 1 and bucket <`;
      await db.run(`delete from access_rollups where ${minutes} ${time(minuteExpiry(now))}`);
      await db.run(`delete from access_uniques where ${minutes} ${time(sketchMinuteExpiry(now))}`);
    }
    await db.run(`delete from access_answers where expires_at <= ${time(now)}`);
  });
}

async function projectsOf(db: Session): Promise<number[]> {
  const found = await db.rows<{ project_id: number }>('select distinct project_id from access_hours');
  return found.map(({ project_id }) => project_id);
}

/**
 * Removes the entries of a project that is no longer one, and all that counts them. Under the lock of the rollups: who is at counting
 * took it for one. What of it is in blocks still is not counted when its turn comes. Rows go last, some at a time: whoever is killed in between is called again.
 */
async function removeProject(background: Sessions, projectId: number): Promise<void> {
  await background.use((db) =>
    withLock(db, 'rollups', PATIENCE_S, async () => {
      for (const table of TABLES) await deleteOfProject(db, table, projectId);
    }),
  );
}

async function deleteOfProject(db: Session, table: string, projectId: number): Promise<void> {
  const sql = `delete from ${table} where project_id = ${number(projectId)} limit ${CHUNK}`;
  while ((await db.run(sql)) === CHUNK);
}
