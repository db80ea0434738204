import path from 'node:path';
import type { Config } from '../config/settings.js';
import { databaseUrl } from './database-url.js';

/** The ARCHIVE_DIR that is used, '' for none. `config.dataDir` is the one that is used. */
export function archiveDirOf(config: Config): string {
  if (config.archiveDir !== '') return path.resolve(config.archiveDir);
  return databaseUrl(config) === null ? path.join(config.dataDir, 'archive') : '';
}
