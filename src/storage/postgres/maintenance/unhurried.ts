import type pg from 'pg';
import { rows } from '../sql.js';
import { inTransaction } from '../transaction.js';

/** A transaction without the time limits of a request: what is done in the background may take minutes. */
export function inUnhurriedTransaction<T>(
  pool: pg.Pool,
  work: (db: pg.PoolClient) => Promise<T>,
  begin?: string,
): Promise<T> {
  const unhurried = async (db: pg.PoolClient): Promise<T> => {
    await rows(db, {
      text: `select set_config('statement_timeout', '0', true),
                    set_config('idle_in_transaction_session_timeout', '0', true)`,
    });
    return work(db);
  };
  return inTransaction(pool, unhurried, begin);
}
