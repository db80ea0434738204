import type pg from 'pg';
import { storageUnavailable } from '../../core/errors.js';
import { isUnavailable } from './sql.js';

/** Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it throws. */
export function inTransaction<T>(
  pool: pg.Pool,
  work: (db: pg.PoolClient) => Promise<T>,
  begin = 'begin',
): Promise<T> {
  return onConnection(pool, async (client) => {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  });
}

/**
 * The same on a connection that pipelines, in as many round trips as `work` awaits: `begin` travels with its first
 * statement, and `work` sends the commit, given to it, with its last ones. Five statements take two round trips.
 */
export function inPipelinedTransaction<T>(
  pool: pg.Pool,
  work: (db: pg.PoolClient, commit: () => Promise<void>) => Promise<T>,
): Promise<T> {
  return onConnection(pool, async (client) => {
    // Its failure is that of every statement after it; unheard it would end the process.
    client.query('begin').catch(() => undefined);
    return work(client, () => commit(client));
  });
}

// In a transaction that has failed PostgreSQL answers `commit` with ROLLBACK, and no error.
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') throw new Error(`the transaction was not committed: ${command}`);
}

/** Rolls back, and gives the connection back, when `work` throws. */
async function onConnection<T>(pool: pg.Pool, work: (db: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  // pg emits the loss of a connection that is checked out on the client alone; unheard it would end the process
  const lost = (): void => undefined;
  client.on('error', lost);
  let broken: Error | undefined;
  try {
    return await work(client);
  } catch (error) {
    broken = await rollBack(client);
    throw isUnavailable(error) ? storageUnavailable(error) : error;
  } finally {
    client.removeListener('error', lost);
    client.release(broken);
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw isUnavailable(error) ? storageUnavailable(error) : error;
  }
}

// A connection that cannot even roll back must not go back into the pool.
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback');
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
