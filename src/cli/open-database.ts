import { settings, type Config } from '../config/settings.js';
import { checkedDatabaseUrl } from './database-url.js';

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
