import pg from 'pg';
import { connectionShares } from '../../config/query-share.js';
import type { Config } from '../../config/settings.js';
import { FairSemaphore } from '../../core/semaphore.js';
import { incrementVersion } from './accounts/change-keys.js';
import type { Queryable } from './sql.js';
import { inTransaction } from './transaction.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** The server itself cancels a statement first; the connection is given up only if it fails to. */
const GRACE_MS = 2_000;

/** The connections of one process: ingest, queries and operations have pools of their own, so that a slow analyst starves neither ingest nor the probe. */
export class Database {
  /** One at a time: each raises the version of the keys, where they would wait for each other, and the probe for them. */
  private readonly changes = new FairSemaphore(1);

  /** For appends only. */
  readonly ingest: pg.Pool;
  /** For the probe, keys, sessions and projects: short statements that must not wait behind slow queries. */
  readonly operations: pg.Pool;
  /** For everything else. */
  readonly query: pg.Pool;

  private constructor(
    pools: Record<PoolName, pg.Pool>,
    /** What each project's queries may have of `query`. */
    readonly readers: FairSemaphore,
  ) {
    ({ ingest: this.ingest, operations: this.operations, query: this.query } = pools);
  }

  /** Connects; the schema is the business of `migrate`. @throws when the database cannot be reached. */
  static async connect(config: Config, url: string): Promise<Database> {
    const shares = connectionShares(config);
    const pool = (name: PoolName, keepIdle = shares[name]) =>
      poolOf(config, url, { name, max: shares[name], keepIdle });
    const pools = {
      query: pool('query', config.dbMaxIdleConnections),
      ingest: pool('ingest'),
      operations: pool('operations'),
    };
    const database = new Database(
      pools,
      FairSemaphore.ofProjects(shares.query, config.requestTimeoutS * 1000),
    );
    try {
      for (const each of Object.values(pools)) (await each.connect()).release();
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /** Runs a change of keys, sessions or projects in one transaction, which has the version of the keys incremented. */
  change<T>(work: (db: Queryable) => Promise<T>): Promise<T> {
    return this.changes.run(() =>
      inTransaction(this.operations, async (db) => {
        await incrementVersion(db);
        return work(db);
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.ingest, this.operations, this.query].map((pool) => pool.end()));
  }
}

type PoolName = 'ingest' | 'operations' | 'query';

interface PoolOptions {
  name: PoolName;
  max: number;
  /** Connections that stay open when there is nothing to do. */
  keepIdle: number;
}

function poolOf(config: Config, connectionString: string, { name, max, keepIdle }: PoolOptions): pg.Pool {
  const statementTimeoutMs = config.requestTimeoutS * 1000;
  const pool = new pg.Pool({
    Client,
    connectionString,
    application_name: `sightline ${name}`,
    max,
    min: Math.min(keepIdle, max),
    maxLifetimeSeconds: config.dbMaxLifetimeMinutes * 60,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: statementTimeoutMs,
    // A host that is gone without a word answers nothing for a quarter of an hour. Counting, on `query`, has no limit.
    ...(name !== 'query' && { query_timeout: statementTimeoutMs + GRACE_MS }),
    keepAlive: true,
    // sql.ts reads times as text
    options: '-c TimeZone=UTC -c DateStyle=ISO',
  });
  // an idle connection that is lost is made anew when it is wanted
  pool.on('error', () => undefined);
  return pool;
}

/**
 * A connection that hears of its own loss from its birth: an `error` that nobody listens for ends the process. pg-pool
 * listens only from when `connect()` has resolved until a connection is handed out, and the fatal message of a server that
 * goes down may stand in the packet that says ready: 41 of 400 terminated backends ended the server. Nothing is lost
 * by not looking at it here: every query that is waiting, or sent later, fails with it.
 */
export class Client extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
