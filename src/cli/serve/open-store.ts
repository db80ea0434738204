import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../config/settings.js';
import { openEmbeddedPostgres } from '../../storage/embedded/embedded-postgres.js';
import { connectAtStart, migrateAtStart, type StoreAtStart } from '../../storage/migrations/at-start.js';
import { postgresAtStart } from '../../storage/postgres/at-start.js';
import { checkedDatabaseUrl } from '../database-url.js';
import { openDatabase, type OpenDatabase } from '../open-database.js';

/** npm forwards the signal of a terminal within this time. */
const REPEAT_COMES_MS = 250;
const PATIENCE_MS = 60_000;
const RETRY_MS = 500;
const NEVER = new Promise<undefined>(() => undefined);

export interface OpenStore extends OpenDatabase {
  /** Is it the embedded database, in DATA_DIR? */
  embedded: boolean;
  /** Resolves with the reason when an embedded database is lost for good. */
  lost: Promise<Error | undefined>;
}

/** Runs `work` on a store that `open` opens, until it ends or `stopping` is aborted, and closes the store. */
export async function withStore(
  open: typeof openStore,
  config: Config,
  logger: Logger,
  stopping: AbortSignal,
  work: (store: OpenStore) => Promise<void>,
): Promise<void> {
  stopping.addEventListener('abort', () => logger.info({ signal: stopping.reason as string }, 'stopping'));
  const store = await open(config, logger, stopping).catch((error: unknown) => {
    // A start that is stopped while it waits for a database exits like any other stop.
    if (stopping.aborted) return null;
    throw error;
  });
  // Otherwise npm's repeat of the signal would meet a process without a handler, and end it with another exit code.
  if (store === null) await delay(REPEAT_COMES_MS);
  else await work(store).finally(() => store.close());
  logger.info('stopped');
}

/** The databases that the settings name, reachable and migrated. Once `stopping` is aborted, none is waited for: it throws. */
export async function openStore(config: Config, logger: Logger, stopping: AbortSignal): Promise<OpenStore> {
  return migrated(await open(config, logger, stopping), config, logger, stopping);
}

/** The same for a process beside a server: the embedded database is the server's where it runs. */
export async function joinStore(config: Config, logger: Logger, stopping: AbortSignal): Promise<OpenStore> {
  const embedded = checkedDatabaseUrl(config) === null;
  const database = await openDatabase(config, { make: true });
  return migrated({ ...database, embedded, lost: NEVER }, config, logger, stopping);
}

async function migrated(
  store: OpenStore,
  config: Config,
  logger: Logger,
  stopping: AbortSignal,
): Promise<OpenStore> {
  const patiently: Patience = (connect) => connectPatiently(connect, logger, stopping);
  try {
    const embedded: Patience = (connect) => connect();
    await migrate(postgresAtStart, store.url, store.embedded ? embedded : patiently, config, logger);
    if (config.accessStore === 'mysql') {
      const { mysqlAtStart } = await import('../../storage/mysql/at-start.js');
      await migrate(mysqlAtStart, config.mysqlUrl, patiently, config, logger);
    }
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function open(config: Config, logger: Logger, stopping: AbortSignal): Promise<OpenStore> {
  const url = checkedDatabaseUrl(config);
  if (url !== null) return { url, embedded: false, close: () => Promise.resolve(), lost: NEVER };
  const embedded = await openEmbeddedPostgres(config.dataDir, {
    stopWithinMs: config.shutdownTimeoutS * 1000,
    stopping,
    log: (line) => logger.debug({ line }, 'postgres'),
  });
  return { url: embedded.url, embedded: true, close: () => embedded.stop(), lost: embedded.exited };
}

type Patience = <T>(connect: () => Promise<T>) => Promise<T>;

async function migrate(
  store: StoreAtStart,
  url: string,
  patiently: Patience,
  { grafanaDbPassword }: Config,
  logger: Logger,
): Promise<void> {
  const db = await patiently(() => connectAtStart(store, url));
  try {
    for (const migration of await migrateAtStart(db, store, url)) logger.info({ migration }, 'migrated');
    const problem = grafanaDbPassword === '' ? null : await store.grantReader(db, grafanaDbPassword);
    if (problem !== null) logger.warn(problem);
  } finally {
    await db.close();
  }
}

// In a composition of containers the database may still be starting.
async function connectPatiently<T>(
  connect: () => Promise<T>,
  logger: Logger,
  stopping: AbortSignal,
): Promise<T> {
  const giveUpAtMs = performance.now() + PATIENCE_MS;
  for (let warned = false; ; warned = true) {
    try {
      return await connect();
    } catch (error) {
      if (performance.now() > giveUpAtMs || stopping.aborted || isFinal(error)) throw error;
      if (!warned) logger.warn(`waiting for the database: ${(error as Error).message}`);
      await delay(RETRY_MS, undefined, { signal: stopping });
    }
  }
}

// A wrong password, an unknown database or an unsuitable server will not get better by waiting.
function isFinal(error: unknown): boolean {
  const { cause } = error as Error;
  if (cause === undefined) return true;
  const { code } = cause as { code?: string };
  return code !== undefined && /^(28|3D|ER_ACCESS_DENIED|ER_DBACCESS_DENIED|ER_BAD_DB)/.test(code);
}
