import { rows, type Queryable } from '../sql.js';

// Any constants: the lock's name within this database.
const LOCK = `8317, 1`;

/** One writer of the rollups at a time: compaction reads and writes back, retention must not be overtaken by it. */
export async function tryLockRollups(db: Queryable): Promise<boolean> {
  const [{ locked }] = await rows<{ locked: boolean }>(db, {
    text: `select pg_try_advisory_xact_lock(${LOCK}) as locked`,
  });
  return locked;
}

/** As tryLockRollups, and waits for its turn. */
export async function lockRollups(db: Queryable): Promise<void> {
  await rows(db, { text: `select pg_advisory_xact_lock(${LOCK})` });
}
