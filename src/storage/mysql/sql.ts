import type { Pool, PoolConnection, QueryError, ResultSetHeader } from 'mysql2';
import { SightlineError, storageUnavailable } from '../../core/errors.js';

/** One connection, with time limits of its own. */
export class Session {
  constructor(
    private readonly connection: PoolConnection,
    /** Past it the server is taken for lost; it limits itself a little earlier. */
    private readonly timeoutMs: number,
  ) {}

  /** Sends a statement whose values stand in it (see literals.ts) and gives its rows. */
  rows<Row>(sql: string): Promise<Row[]> {
    return this.send(sql) as Promise<Row[]>;
  }

  /** The same for a statement without rows: gives how many it changed; an upsert counts 1 an insert and 2 an update. */
  async run(sql: string): Promise<number> {
    return ((await this.send(sql)) as ResultSetHeader).affectedRows;
  }

  // Our own timer: that of mysql2's option `timeout` keeps running when the connection is lost, and keeps the process alive.
  private send(sql: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const silent = setTimeout(() => {
        // its answer may still arrive, and must not be taken for another statement's
        this.connection.destroy();
        reject(storageUnavailable(new Error(`no answer from the database in ${this.timeoutMs} ms`)));
      }, this.timeoutMs);
      this.connection.query(sql, (error: QueryError | null, result: unknown) => {
        clearTimeout(silent);
        if (error) reject(asSightlineError(error));
        else resolve(result);
      });
    });
  }
}

/** A pool's connections, one piece of work at a time each. */
export class Sessions {
  constructor(
    private readonly pool: Pool,
    private readonly timeoutMs: number,
  ) {}

  async use<T>(work: (db: Session) => Promise<T>): Promise<T> {
    const connection = await this.connect();
    try {
      return await work(new Session(connection, this.timeoutMs));
    } finally {
      connection.release();
    }
  }

  /** As Session.rows, on any connection. */
  rows<Row>(sql: string): Promise<Row[]> {
    return this.use((db) => db.rows<Row>(sql));
  }

  /** Runs `work` in one transaction on one connection: committed when it resolves, rolled back when it throws. */
  transaction<T>(work: (db: Session) => Promise<T>): Promise<T> {
    return this.use((db) => inTransaction(db, work));
  }

  end(): Promise<void> {
    return new Promise((resolve) => this.pool.end(() => resolve()));
  }

  private connect(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      this.pool.getConnection((error, connection) => {
        if (error) reject(asSightlineError(error));
        else resolve(connection);
      });
    });
  }
}

export async function inTransaction<T>(db: Session, work: (db: Session) => Promise<T>): Promise<T> {
  await db.run('start transaction');
  try {
    const result = await work(db);
    await db.run('commit');
    return result;
  } catch (error) {
    // a lost connection has rolled back by itself, and the first error is the one to report
    await db.run('rollback').catch(() => undefined);
    throw error;
  }
}

/** max_statement_time. */
const STATEMENT_TIMEOUT = 1969;

function asSightlineError(error: Error): Error {
  if (isUnavailable(error)) return storageUnavailable(error);
  if ((error as Partial<QueryError>).errno !== STATEMENT_TIMEOUT) return error;
  return new SightlineError('timeout', 'The database took too long. Ask for less, or try again.', {
    retryAfterS: 1,
    cause: error,
  });
}

// Too many connections, out of memory, shutting down (two), disk full, table full, read-only (two), killed, aborted, refused host.
const UNAVAILABLE = new Set([1040, 1041, 1053, 1077, 1021, 1114, 1290, 1836, 1927, 1152, 1129, 1203]);

/** Does this error say that the database cannot be reached or is going down, rather than that it refused a statement? */
function isUnavailable(error: Error): boolean {
  const { code = '', errno, message } = error as Partial<QueryError> & Error;
  if (errno !== undefined && UNAVAILABLE.has(errno)) return true;
  return /^(E[A-Z]+|PROTOCOL_\w+)$/.test(code) || /closed state|Pool is closed/.test(message);
}
