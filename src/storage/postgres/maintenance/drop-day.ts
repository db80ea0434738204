import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { isTransient } from '../append/append-errors.js';
import { dropPartition } from '../partitions.js';
import { lockRollups } from '../rollups/rollup-lock.js';
import { rows } from '../sql.js';
import { deleteDay } from './delete-day.js';
import { inUnhurriedTransaction } from './unhurried.js';

const ATTEMPTS = 100;
const LOCK_WAIT_MS = 100;
const PAUSE_MS = 200;

/**
 * Removes a day of receipt in one transaction: a reader sees the rows, their keys and their counts, or none of them.
 * Slow work first: dropping the partition locks `events` against everyone until the commit that follows it.
 */
export async function dropDay(pool: pg.Pool, day: string): Promise<void> {
  await inUnhurriedTransaction(pool, async (db) => {
    await lockRollups(db);
    await deleteDay(db, day);
    await dropSoon(db, day);
  });
}

// Behind a lock that waits, every append waits too: better to try often, for a moment each.
async function dropSoon(db: pg.PoolClient, day: string): Promise<void> {
  await rows(db, { text: `select set_config('lock_timeout', $1, true)`, values: [String(LOCK_WAIT_MS)] });
  for (let attempt = 1; ; attempt++) {
    await rows(db, { text: 'savepoint before_drop' });
    try {
      return await dropPartition(db, 'events', day);
    } catch (error) {
      if (attempt === ATTEMPTS || !isTransient(error)) throw error;
      await rows(db, { text: 'rollback to savepoint before_drop' });
      await delay(PAUSE_MS);
    }
  }
}
