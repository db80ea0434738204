import { text } from '../literals.js';
import { withLock } from '../named-lock.js';
import type { Partitions } from '../partitions.js';
import { inTransaction, type Sessions, type Session } from '../sql.js';

/** How long to wait for the lock: longer than one batch of counting takes. */
const PATIENCE_S = 300;
const HOUR_MICROS = 3_600_000_000;

// before 1970 too
const INTO_HOUR = `((micros mod ${HOUR_MICROS}) + ${HOUR_MICROS}) mod ${HOUR_MICROS}`;

/** Removes the days of receipt before this one, until `stop` is aborted; gives those that were removed. */
export async function dropDaysBefore(
  background: Sessions,
  partitions: Partitions,
  day: string,
  stop: AbortSignal,
): Promise<string[]> {
  const stored = new Set([...(await selectCountedDays(background)), ...(await partitions.days())]);
  const dropped: string[] = [];
  for (const old of [...stored].filter((other) => other < day).sort()) {
    if (stop.aborted) break;
    await dropDay(background, partitions, old);
    dropped.push(old);
  }
  return dropped;
}

// MariaDB commits with the drop of a partition, so the counts go first: whoever is killed between the two leaves the partition,
// by which the day is found again. A reader in that moment sees rows that are no longer counted.
async function dropDay(background: Sessions, partitions: Partitions, day: string): Promise<void> {
  await background.use((db) =>
    withLock(db, 'rollups', PATIENCE_S, async () => {
      await inTransaction(db, async () => {
        await deleteHours(db, day);
        await deleteDay(db, day);
      });
      await partitions.drop(db, day);
    }),
  );
}

/**
 * Deletes all that counts the entries received on a day. What is not counted yet of it stays in its blocks: it is counted, and goes
 * the next time.
 */
async function deleteDay(db: Session, day: string): Promise<void> {
  for (const table of ['access_totals', 'access_rollups', 'access_uniques']) {
    await db.run(`delete from ${table} where day = ${text(day)}`);
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

/** The days of receipt of which entries are counted, also those whose rows are not kept. */
async function selectCountedDays(db: Sessions): Promise<string[]> {
  const found = await db.rows<{ day: string }>('select distinct day from access_totals');
  return found.map(({ day }) => day);
}
