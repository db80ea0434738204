import type pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { Config } from '../../config/settings.js';
import { postgresMigrations } from '../../../migrations/postgres/index.js';
import { Client } from './client.js';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * The connections of one process, held by TypeORM: ingest and query have pools of their own,
 * so that a slow analyst never starves ingest.
 */
export class Database {
  private constructor(
    readonly ingestSource: DataSource,
    readonly querySource: DataSource,
  ) {}

  /** Connects; the schema is the business of `migrate`. @throws when the database cannot be reached. */
  static async connect(config: Config, url: string): Promise<Database> {
    const query = dataSource(config, url, {
      applicationName: 'sightline query',
      max: Math.max(1, config.dbMaxConnections - config.ingestConnections),
      keepIdle: config.dbMaxIdleConnections,
      statementTimeoutMs: config.requestTimeoutS * 1000,
    });
    const ingest = dataSource(config, url, {
      applicationName: 'sightline ingest',
      max: config.ingestConnections,
      keepIdle: config.ingestConnections,
      statementTimeoutMs: config.requestTimeoutS * 1000,
    });
    await query.initialize();
    await ingest.initialize();
    return new Database(ingest, query);
  }

  /** For appends only. */
  get ingest(): pg.Pool {
    return poolOf(this.ingestSource);
  }

  /** For everything else. */
  get query(): pg.Pool {
    return poolOf(this.querySource);
  }

  async close(): Promise<void> {
    await Promise.all([this.ingestSource.destroy(), this.querySource.destroy()]);
  }
}

interface PoolOptions {
  applicationName: string;
  max: number;
  /** Connections that stay open when there is nothing to do. */
  keepIdle: number;
  statementTimeoutMs: number;
}

function dataSource(config: Config, url: string, options: PoolOptions): DataSource {
  const source: DataSourceOptions = {
    type: 'postgres',
    url,
    applicationName: options.applicationName,
    migrations: postgresMigrations,
    migrationsTableName: 'migrations',
    logging: false,
    // an idle connection that is lost is made anew when it is wanted
    poolErrorHandler: () => undefined,
    extra: {
      Client,
      max: options.max,
      min: Math.min(options.keepIdle, options.max),
      maxLifetimeSeconds: config.dbMaxLifetimeMinutes * 60,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: options.statementTimeoutMs,
      idle_in_transaction_session_timeout: options.statementTimeoutMs,
      keepAlive: true,
      // sql.ts reads times as text
      options: '-c TimeZone=UTC -c DateStyle=ISO',
    },
  };
  return new DataSource(source);
}

function poolOf(source: DataSource): pg.Pool {
  return (source.driver as unknown as { master: pg.Pool }).master;
}
