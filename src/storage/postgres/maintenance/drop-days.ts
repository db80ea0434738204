import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { CountedKind } from '../../../core/counting/kind.js';
import { isTransient } from '../append/append-errors.js';
import { dropPartition, RECORDS } from '../partitions.js';
import { lockRollups } from '../counting/rollup-lock.js';
import { rows, type Queryable } from '../sql.js';
import { deleteDay } from './delete-day.js';
import { storedDays } from './stored-days.js';
import { inUnhurriedTransaction } from './unhurried.js';

const ATTEMPTS = 100;
const LOCK_WAIT_MS = 100;
const PAUSE_MS = 200;

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
  await inUnhurriedTransaction(pool, async (db) => {
    await lockRollups(db, kind);
    await first(db, day);
    await deleteDay(db, kind, day);
    await dropSoon(db, kind, day);
  });
}

// Behind a lock that waits, every append waits too: better to try often, for a moment each.
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
