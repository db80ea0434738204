import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../config/settings.js';
import { openEmbeddedPostgres } from '../../storage/embedded/embedded-postgres.js';
import type { Migrator } from '../../storage/migrations/migrate.js';
import * as postgres from '../../storage/postgres/migrate.js';
import { checkedDatabaseUrl } from '../database-url.js';

const PATIENCE_MS = 60_000;
const RETRY_MS = 500;

export interface OpenStore {
  url: string;
  /** Is it the server's own, in DATA_DIR? */
  embedded: boolean;
  close(): Promise<void>;
  /** Resolves with the reason when an embedded database is lost for good. */
  lost: Promise<Error | undefined>;
}

/** The databases that the settings name, reachable and migrated. */
export async function openStore(config: Config, logger: Logger): Promise<OpenStore> {
  const store = await open(config, logger);
  try {
    await migrate(postgres, store.url, store.embedded ? 0 : PATIENCE_MS, config, logger);
    if (config.accessStore === 'mysql')
      await migrate(
        await import('../../storage/mysql/migrate.js'),
        config.mysqlUrl,
        PATIENCE_MS,
        config,
        logger,
      );
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function open(config: Config, logger: Logger): Promise<OpenStore> {
  const url = checkedDatabaseUrl(config);
  if (url !== null) {
    return { url, embedded: false, close: () => Promise.resolve(), lost: new Promise(() => undefined) };
  }
  const embedded = await openEmbeddedPostgres(config.dataDir, {
    stopWithinMs: config.shutdownTimeoutS * 1000,
    log: (line) => logger.debug({ line }, 'postgres'),
  });
  return { url: embedded.url, embedded: true, close: () => embedded.stop(), lost: embedded.exited };
}

async function migrate(
  { connectForMigration, migrateUp, admitReader }: Migrator,
  url: string,
  patienceMs: number,
  { grafanaDbPassword }: Config,
  logger: Logger,
): Promise<void> {
  const source = await patiently(() => connectForMigration(url), patienceMs, logger);
  try {
    for (const migration of await migrateUp(source)) logger.info({ migration }, 'migrated');
    const problem = grafanaDbPassword === '' ? null : await admitReader(source, grafanaDbPassword);
    if (problem !== null) logger.warn(problem);
  } finally {
    await source.destroy();
  }
}

// In a composition of containers the database may still be starting.
async function patiently<T>(connect: () => Promise<T>, patienceMs: number, logger: Logger): Promise<T> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (let warned = false; ; warned = true) {
    try {
      return await connect();
    } catch (error) {
      if (performance.now() > giveUpAtMs || isFinal(error)) throw error;
      if (!warned) logger.warn(`waiting for the database: ${(error as Error).message}`);
      await delay(RETRY_MS);
    }
  }
}

// A wrong password, an unknown database or a server that will not do does not mend itself.
function isFinal(error: unknown): boolean {
  const { cause } = error as Error;
  if (cause === undefined) return true;
  const { code } = cause as { code?: string };
  return code !== undefined && /^(28|3D|ER_ACCESS_DENIED|ER_DBACCESS_DENIED|ER_BAD_DB)/.test(code);
}
