import { settings, type Config } from '../config/settings.js';
import { checkedDatabaseUrl } from './database-url.js';

export interface OpenDatabase {
  url: string;
  /** Stops an embedded server that this call has started, and no other. */
  close(): Promise<void>;
}

/** For a command: the external database, or the embedded one, which is started unless a server runs on its DATA_DIR. */
export async function openDatabase(config: Config): Promise<OpenDatabase> {
  const url = checkedDatabaseUrl(config);
  if (url !== null) return { url, close: () => Promise.resolve() };
  const { attachEmbeddedPostgres } = await import('../storage/embedded/embedded-postgres.js');
  const embedded = await attachEmbeddedPostgres(await dataDirOf(config));
  return { url: embedded.url, close: () => embedded.stop() };
}

/** The DATA_DIR that is used: where nobody chose one, it may be another than the default. */
export async function dataDirOf(config: Config): Promise<string> {
  const { resolveDataDir } = await import('../storage/embedded/data-dir.js');
  return resolveDataDir(config.dataDir, config.dataDir === settings.dataDir.default);
}
