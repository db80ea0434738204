import type pg from 'pg';
import { storageUnavailable } from '../../core/errors.js';
import { isUnavailable, rows } from './sql.js';

/** Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it throws. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (db: pg.PoolClient) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  const client = await pool.connect().catch(refuse);
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // A connection that cannot even roll back must not go back into the pool.
    broken = await client.query('rollback').then(
      () => undefined,
      (failure: Error) => failure,
    );
    return refuse(error);
  } finally {
    client.release(broken);
  }
}

/** Runs `work` inside a transaction, so that its failure undoes it alone. */
export async function inSavepoint<T>(db: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  await db.query('savepoint attempt');
  try {
    const result = await work();
    await db.query('release savepoint attempt');
    return result;
  } catch (error) {
    await db.query('rollback to savepoint attempt; release savepoint attempt');
    throw error;
  }
}

function refuse(error: unknown): never {
  throw isUnavailable(error) ? storageUnavailable(error) : error;
}

/** A transaction without the time limits of a request: what is done in the background may take minutes. */
export function inTransactionWithoutTimeout<T>(
  pool: pg.Pool,
  work: (db: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (db) => {
    await rows(db, {
      text: `select set_config('statement_timeout', '0', true),
                    set_config('idle_in_transaction_session_timeout', '0', true)`,
    });
    return work(db);
  });
}
