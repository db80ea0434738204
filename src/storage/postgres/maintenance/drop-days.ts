import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { CountedKind } from '../../../core/counting/kind.js';
import { isTransient } from '../append/append-records.js';
import { lockRollups } from '../counting/rollup-lock.js';
import { dropPartition, RECORDS, partitionDays } from '../partitions.js';
import { rows, type Queryable } from '../sql.js';
import { inTransactionWithoutTimeout } from '../transaction.js';

const ATTEMPTS = 100;
const LOCK_WAIT_MS = 100;
const PAUSE_MS = 200;
const BATCH_RECORDS = 'jsonb_array_elements(b.records::jsonb) with ordinality as u(record, place)';
const IS_OF_DAY = `(u.record ->> 1)::integer = $1::date - date '1970-01-01'`;

/** What else goes with a day, before its counts do. */
type First = (db: Queryable, day: string) => Promise<void>;

/** Removes the days of receipt before this one, until `stop` is aborted; gives those that were removed. */
export async function dropDaysBefore(
  pool: pg.Pool,
  kind: CountedKind,
  day: string,
  stop: AbortSignal,
  first: First,
): Promise<string[]> {
  const dropped: string[] = [];
  for (const old of (await storedDays(pool, kind)).filter((stored) => stored < day)) {
    if (stop.aborted) break;
    await dropDay(pool, kind, old, first);
    dropped.push(old);
  }
  return dropped;
}

/**
 * Removes a day of receipt in one transaction: a reader sees the rows, what belongs to them and their counts, or none of them.
 * Slow work first: dropping the partition locks the table against everyone until the commit that follows it.
 */
async function dropDay(pool: pg.Pool, kind: CountedKind, day: string, first: First): Promise<void> {
  await inTransactionWithoutTimeout(pool, async (db) => {
    await lockRollups(db, kind);
    await first(db, day);
    await deleteDay(db, kind, day);
    await dropSoon(db, kind, day);
  });
}

// Appends queue behind a waiting lock request: better to try often, for a moment each.
async function dropSoon(db: pg.PoolClient, { name }: CountedKind, day: string): Promise<void> {
  await rows(db, { text: `select set_config('lock_timeout', $1, true)`, values: [String(LOCK_WAIT_MS)] });
  for (let attempt = 1; ; attempt++) {
    await rows(db, { text: 'savepoint before_drop' });
    try {
      return await dropPartition(db, RECORDS[name], day);
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error;
      await rows(db, { text: 'rollback to savepoint before_drop' });
      await delay(PAUSE_MS);
    }
  }
}

/** Deletes all that counts the records received on a day. Under the lock of the rollups. */
async function deleteDay(db: Queryable, { name }: CountedKind, day: string): Promise<void> {
  for (const table of ['totals', 'rollups', 'uniques']) {
    await rows(db, { text: `delete from ${name}_${table} where day = $1::date`, values: [day] });
  }
  // A timestamp is at most 24 h after receipt.
  if (name === 'event')
    await rows(db, { text: `delete from event_seen where from_at < $1::date + 2`, values: [day] });
  await deleteUncounted(db, name, day);
}

// Processes cache blocks by id: a block that loses records gets a new id.
async function deleteUncounted(db: Queryable, name: CountedKind['name'], day: string): Promise<void> {
  const isNew = name === 'event' ? 'b.fresh is null or u.place = any(b.fresh)' : 'true';
  await rows(db, {
    text: `
with old as (
  delete from ${name}_blocks b
  where exists (select from ${BATCH_RECORDS} where ${IS_OF_DAY})
  returning *
)
insert into ${name}_blocks (stored_at, size, records)
select b.stored_at, count(*), json_agg(u.record order by u.place)
from old b cross join lateral ${BATCH_RECORDS}
where (${isNew}) and not ${IS_OF_DAY}
group by b.id, b.stored_at
order by b.id`,
    values: [day],
  });
}

/** The days of receipt that there is anything of, oldest first: also those whose entries are counted and not kept as rows. */
async function storedDays(db: Queryable, { name }: CountedKind): Promise<string[]> {
  const counted = await rows<{ day: string }>(db, {
    text: `select distinct t.day
           from projects p cross join lateral (
             select day from ${name}_totals where project_id = p.id and dimension = 'all' and value = ''
           ) as t
           union select day from ${name}_pending`,
  });
  const days = new Set(counted.map(({ day }) => day));
  for (const day of await partitionDays(db, RECORDS[name])) days.add(day);
  return [...days].sort();
}
