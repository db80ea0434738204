import { createPool, type PoolConnection } from 'mysql2';
import { connectionShares } from '../../config/query-share.js';
import type { Config } from '../../config/settings.js';
import { FairSemaphore } from '../../core/semaphore.js';
import { connectionOptions, SESSION } from './connection-options.js';
import { Sessions } from './sql.js';

/** The server itself cancels a statement first; the connection is given up only if it fails to. */
const GRACE_MS = 2_000;
/** The probe waits no longer than this for an answer: a server that is silent gets a new connection. */
const OPERATIONS_TIMEOUT_S = 3;
/** Partitions, counting, retention: never more than one of each. */
const BACKGROUND_CONNECTIONS = 3;
const BACKGROUND_TIMEOUT_S = 1800;

interface PoolOptions {
  most: number;
  /** Connections that stay open when there is nothing to do. */
  keepIdle: number;
  timeoutS: number;
}

/** The connections of one process: each kind of work has a pool of its own, so that a slow analyst starves no other. */
export class Mysql {
  private constructor(
    /** For appends only. */
    readonly ingest: Sessions,
    /** For queries. */
    readonly query: Sessions,
    /** For the probe. */
    readonly operations: Sessions,
    /** For work that may take minutes. */
    readonly background: Sessions,
    /** What each project's queries may have of `query`. */
    readonly readers: FairSemaphore,
  ) {}

  /** Connects; the schema is the business of `migrate`. @throws when the database cannot be reached. */
  static async connect(config: Config, url = config.mysqlUrl): Promise<Mysql> {
    const { requestTimeoutS: timeoutS } = config;
    // Keys and sessions are in PostgreSQL: one connection is enough of operations.
    const { ingest, query } = connectionShares(config);
    const pool = (options: PoolOptions): Sessions => sessions(config, url, options);
    const mysql = new Mysql(
      pool({ most: ingest, keepIdle: ingest, timeoutS }),
      pool({ most: query, keepIdle: config.dbMaxIdleConnections, timeoutS }),
      pool({ most: 1, keepIdle: 1, timeoutS: OPERATIONS_TIMEOUT_S }),
      pool({ most: BACKGROUND_CONNECTIONS, keepIdle: 1, timeoutS: BACKGROUND_TIMEOUT_S }),
      FairSemaphore.ofProjects(query, timeoutS * 1000),
    );
    try {
      await mysql.query.rows('select 1');
      return mysql;
    } catch (error) {
      await mysql.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.ingest.end(), this.query.end(), this.operations.end(), this.background.end()]);
  }
}

function sessions(config: Config, url: string, { most, keepIdle, timeoutS }: PoolOptions): Sessions {
  const pool = createPool({
    ...connectionOptions(url),
    connectionLimit: most,
    maxIdle: Math.min(keepIdle, most),
    idleTimeout: config.dbMaxLifetimeMinutes * 60_000,
    enableKeepAlive: true,
    dateStrings: true,
    // an upsert that changed nothing counts 0; and no server reads our files
    flags: ['-FOUND_ROWS', '-LOCAL_FILES'],
  });
  const set = `${SESSION}, max_statement_time = ${timeoutS}`;
  pool.on('connection', (connection: PoolConnection) => {
    // Whoever uses a connection learns of its loss; an unhandled `error` event would end the process.
    connection.on('error', () => undefined);
    connection.query(set, (error) => error && connection.destroy());
  });
  return new Sessions(pool, timeoutS * 1000 + GRACE_MS);
}
