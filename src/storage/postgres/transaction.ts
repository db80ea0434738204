import type pg from 'pg';
import { storageUnavailable } from '../../core/errors.js';
import { isUnavailable, rows, type Queryable, type Statement } from './sql.js';

// Up to PostgreSQL 17 a sort that has to be looks so dear without `enable_sort` that it would be compiled.
const BEGIN_IN_ORDER = 'begin read only; set local enable_sort = off; set local jit = off';

// Rows that did not come in the order in which they happened would be fetched by the index one by one, each page many times; and all
// that a cursor has is wanted.
const BEGIN_IN_BULK =
  'begin read only; set local enable_indexscan = off; set local jit = off; set local cursor_tuple_fraction = 1';

// Starting two workers takes longer than all that they are to read, and they read partitions in any order.
const BEGIN_SERIALLY = 'begin read only; set local max_parallel_workers_per_gather = 0';

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
    broken = await rollBack(client);
    return refuse(error);
  } finally {
    client.release(broken);
  }
}

/**
 * Reads a page, and a range of rows in the order of an index: of what came since a table was last analyzed the planner expects next to
 * nothing, and would sort all of the newest hour for each page of it.
 */
export function readPage<T>(
  pool: pg.Pool,
  isRange: boolean,
  read: (db: Queryable) => Promise<T>,
): Promise<T> {
  return isRange ? inTransaction(pool, read, BEGIN_IN_ORDER) : read(pool);
}

/** Reads some ten thousand rows, as they lie. */
export function readSerially<T>(pool: pg.Pool, read: (db: Queryable) => Promise<T>): Promise<T> {
  return inTransaction(pool, read, BEGIN_SERIALLY);
}

/** The rows of one snapshot in the order of an index, `size` at a time. The connection is held until the last of them is taken. */
export function readInOrder<Row>(pool: pg.Pool, statement: Statement, size: number): AsyncGenerator<Row[]> {
  return inBatches(pool, statement, size, BEGIN_IN_ORDER);
}

/** The same of what is made of many rows, which are read in the order in which they lie. */
export function readInBulk<Row>(pool: pg.Pool, statement: Statement, size: number): AsyncGenerator<Row[]> {
  return inBatches(pool, statement, size, BEGIN_IN_BULK);
}

async function* inBatches<Row>(
  pool: pg.Pool,
  { text, values }: Statement,
  size: number,
  begin: string,
): AsyncGenerator<Row[]> {
  const client = await pool.connect().catch(refuse);
  try {
    await client.query(begin).catch(refuse);
    await rows(client, { text: `declare batches no scroll cursor for ${text}`, values });
    for (;;) {
      const batch = await rows<Row>(client, { text: `fetch ${size} from batches` });
      if (batch.length > 0) yield batch;
      if (batch.length < size) return;
    }
  } finally {
    client.release(await rollBack(client));
  }
}

/** Gives the error of a connection that cannot even do this, and must not go back into the pool. */
function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  return client.query('rollback').then(
    () => undefined,
    (failure: Error) => failure,
  );
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
