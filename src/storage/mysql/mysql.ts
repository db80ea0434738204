import { createPool, type Pool, type PoolConnection } from 'mysql2';
import type { Config } from '../../config/settings.js';
import { connectionOptions } from './connection-options.js';
import { SESSION } from './session.js';
import { Sessions } from './sql.js';

/** The server ends a statement itself; only where it does not even do that is the connection given up. */
const GRACE_MS = 2_000;

/** The connections of one process: ingest and query have pools of their own, so that a slow analyst never starves ingest. */
export class Mysql {
  private constructor(
    /** For appends only. */
    readonly ingest: Sessions,
    /** For everything else. */
    readonly query: Sessions,
  ) {}

  /** Connects; the schema is the business of `migrate`. @throws when the database cannot be reached. */
  static async connect(config: Config, url = config.mysqlUrl): Promise<Mysql> {
    const sessions = (most: number, keepIdle: number): Sessions =>
      new Sessions(poolOf(config, url, most, keepIdle), config.requestTimeoutS * 1000 + GRACE_MS);
    const queries = Math.max(1, config.dbMaxConnections - config.ingestConnections);
    const mysql = new Mysql(
      sessions(config.ingestConnections, config.ingestConnections),
      sessions(queries, config.dbMaxIdleConnections),
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
    await Promise.all([this.ingest.end(), this.query.end()]);
  }
}

function poolOf(config: Config, url: string, most: number, keepIdle: number): Pool {
  const pool = createPool({
    ...connectionOptions(url),
    connectionLimit: most,
    maxIdle: Math.min(keepIdle, most),
    idleTimeout: config.dbMaxLifetimeMinutes * 60_000,
    enableKeepAlive: true,
    dateStrings: true,
    supportBigNumbers: false,
    // an upsert that changed nothing counts 0; and no server reads our files
    flags: ['-FOUND_ROWS', '-LOCAL_FILES'],
  });
  pool.on('connection', (connection: PoolConnection) => {
    // The loss of a connection is told to whoever uses it; unheard it would end the process.
    connection.on('error', () => undefined);
    const settings = `${SESSION}, max_statement_time = ${config.requestTimeoutS}`;
    connection.query(settings, (error) => error && connection.destroy());
  });
  return pool;
}
