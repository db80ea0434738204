import { minuteExpiry, sketchMinuteExpiry } from '../../../core/counting/time-cover.js';
import { AccessMaintenance } from '../../../core/ports/store-maintenance.js';
import { HOUR, type Micros } from '../../../core/time.js';
import { number, text, time } from '../literals.js';
import type { Mysql } from '../mysql.js';
import { withLock } from '../named-lock.js';
import type { Partitions } from '../partitions.js';
import { inTransaction, type Session } from '../sql.js';

/** How long to wait for the lock: longer than one batch of counting takes. */
const PATIENCE_S = 300;

/** Rows of a transaction: locks on more of them would hold up the appends of others. */
const CHUNK = 5_000;

/** What counts entries, by the day of their receipt. */
const COUNTS = ['access_totals', 'access_rollups', 'access_uniques'];
const TABLES = [
  ...COUNTS,
  ...['access_hours', 'ip_counts', 'ip_registers', 'access_answers', 'ip_addresses', 'access_logs'],
];

// before 1970 too
const INTO_HOUR = `((micros mod ${HOUR}) + ${HOUR}) mod ${HOUR}`;

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

  async dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]> {
    // also those whose rows are not kept
    const counted = await this.mysql.background.rows<{ day: string }>(
      'select distinct day from access_totals',
    );
    const stored = new Set([...counted.map((row) => row.day), ...(await this.partitions.days())]);
    const dropped: string[] = [];
    for (const old of [...stored].filter((other) => other < day).sort()) {
      if (stop.aborted) break;
      await this.dropDay(old);
      dropped.push(old);
    }
    return dropped;
  }

  async prune(now: Micros): Promise<void> {
    await this.mysql.background.use(async (db) => {
      const projects = await db.rows<{ id: number }>('select distinct project_id as id from access_hours');
      for (const { id } of projects) {
        // by project, so that the primary key leads to the buckets
        const minutes = `project_id = ${number(id)} and tier = 1 and bucket <`;
        await db.run(`delete from access_rollups where ${minutes} ${time(minuteExpiry(now))}`);
        await db.run(`delete from access_uniques where ${minutes} ${time(sketchMinuteExpiry(now))}`);
      }
      await db.run(`delete from access_answers where expires_at <= ${time(now)}`);
    });
  }

  // Under the lock of the rollups: who is at counting took it for one. What of it is in blocks still is not counted when its turn
  // comes. Rows go last, some at a time: whoever is killed in between is called again.
  removeProject(projectId: number): Promise<void> {
    return this.mysql.background.use((db) =>
      withLock(db, 'rollups', PATIENCE_S, async () => {
        for (const table of TABLES) {
          const sql = `delete from ${table} where project_id = ${number(projectId)} limit ${CHUNK}`;
          while ((await db.run(sql)) === CHUNK);
        }
      }),
    );
  }

  // MariaDB commits with the drop of a partition, so the counts go first: whoever is killed between the two leaves the partition,
  // by which the day is found again. A reader in that moment sees rows that are no longer counted. What is not counted yet of it
  // stays in its blocks: it is counted, and goes the next time.
  private dropDay(day: string): Promise<void> {
    return this.mysql.background.use((db) =>
      withLock(db, 'rollups', PATIENCE_S, async () => {
        await inTransaction(db, async () => {
          await deleteHours(db, day);
          for (const table of COUNTS) await db.run(`delete from ${table} where day = ${text(day)}`);
        });
        await this.partitions.drop(db, day);
      }),
    );
  }
}

/**
 * Revision 0 for each hour that has entries received on this day, which are about to go: what is left of it is no longer all of
 * it, and stays so. By what counts them, before that goes too, and by what is not counted yet.
 */
async function deleteHours(db: Session, day: string): Promise<void> {
  await db.run(`
    insert into access_hours (project_id, hour, revision)
    select project_id, bucket, 0 from access_rollups where day = ${text(day)} and tier = 60
    union
    select project_id, timestamp'1970-01-01 00:00:00' + interval (micros - ${INTO_HOUR}) div 1000000 second, 0
    from access_blocks b, json_table(b.records, '$[*]' columns (
      project_id int path '$[0]', day int path '$[1]', micros bigint path '$[2]'
    )) as r
    where r.day = datediff(${text(day)}, '1970-01-01')
    on duplicate key update revision = 0`);
}
