import path from 'node:path';
import { settings, type Config } from '../config/settings.js';
import type { Database } from '../storage/postgres/database.js';
import { checkedDatabaseUrl, databaseUrl } from './database-url.js';

export interface OpenDatabase {
  url: string;
  /** Stops an embedded server that this call has started, and no other. */
  close(): Promise<void>;
}

/**
 * For a command: the external database, or the embedded one, which is started unless a server runs on its DATA_DIR. Where there
 * is none, it is made only if the command is there to `make` one: others would leave 47 MB in whatever folder they are called in.
 * @throws Error that says how to name another place
 */
export async function openDatabase(config: Config, { make = false } = {}): Promise<OpenDatabase> {
  const url = checkedDatabaseUrl(config);
  if (url !== null) return { url, close: () => Promise.resolve() };
  const { attachEmbeddedPostgres } = await import('../storage/embedded/embedded-postgres.js');
  const dataDir = make ? await dataDirOf(config) : await madeDataDirOf(config);
  const embedded = await attachEmbeddedPostgres(dataDir);
  return { url: embedded.url, close: () => embedded.stop() };
}

const UNDEFINED_TABLE = '42P01';

/** Runs `work` on an open database, and closes it. @throws Error that says what to do where it has no tables yet */
export async function withDatabaseUrl<T>(config: Config, work: (url: string) => Promise<T>): Promise<T> {
  const opened = await openDatabase(config);
  try {
    return await work(opened.url);
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNDEFINED_TABLE) throw error;
    throw new Error('the database has no tables yet: run sightline migrate up, or start the server once');
  } finally {
    await opened.close();
  }
}

/** The same with a connection to PostgreSQL. `urlOf`: as whom to connect, the application's own role by default. */
export function withDatabase<T>(
  config: Config,
  work: (database: Database) => Promise<T>,
  urlOf = (url: string) => url,
): Promise<T> {
  return withDatabaseUrl(config, async (url) => {
    const { Database } = await import('../storage/postgres/database.js');
    const database = await Database.connect(config, urlOf(url));
    return work(database).finally(() => database.close());
  });
}

/** The DATA_DIR that is used, with a database in it. @throws Error that says how to name another place */
export async function madeDataDirOf(config: Config): Promise<string> {
  const { hasEmbeddedPostgres } = await import('../storage/embedded/embedded-postgres.js');
  const dataDir = await dataDirOf(config);
  if (hasEmbeddedPostgres(dataDir)) return dataDir;
  throw new Error(
    `there is no database in ${dataDir}: set --data-dir or DATA_DIR to the server's data folder (or DATABASE_URL), or start the server there once`,
  );
}

/** The DATA_DIR that is used: where nobody chose one, it may be another than the default. */
export async function dataDirOf(config: Config): Promise<string> {
  const { resolveDataDir } = await import('../storage/embedded/data-dir.js');
  return resolveDataDir(config.dataDir, config.dataDir === settings.dataDir.default);
}

/** The settings with the DATA_DIR and the ARCHIVE_DIR that are used; the latter is '' for none. */
export async function withFolders(given: Config): Promise<Config> {
  const dataDir = await dataDirOf(given);
  const besideData = databaseUrl(given) === null ? path.join(dataDir, 'archive') : '';
  return {
    ...given,
    dataDir,
    archiveDir: given.archiveDir === '' ? besideData : path.resolve(given.archiveDir),
  };
}
