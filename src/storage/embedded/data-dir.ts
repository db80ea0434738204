import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { asDataDirError, DataDirError } from './data-dir-error.js';
import { canEnter, databaseUser, type OsUser } from './os-user.js';

const ROOT_DATA_DIR = '/var/lib/sightline';

/**
 * The absolute DATA_DIR. Where nobody chose one and root's own place (a checkout under /root, say)
 * is closed to the database's user, it is /var/lib/sightline.
 */
export function resolveDataDir(configured: string, isDefault: boolean): string {
  const dir = path.resolve(configured);
  const clusterDir = path.join(dir, 'postgres');
  return isDefault && !canEnter(clusterDir, databaseUser(clusterDir)) ? ROOT_DATA_DIR : dir;
}

/** Makes DATA_DIR where it is missing. @throws DataDirError when it cannot be written or entered. */
export function prepareDataDir(dataDir: string, user: OsUser): void {
  try {
    makeDir(dataDir, user.ids ? 0o755 : 0o700);
    if (!statSync(dataDir).isDirectory()) throw new DataDirError(`DATA_DIR ${dataDir}: not a directory`);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw asDataDirError(dataDir, error);
  }
  if (!canEnter(dataDir, user)) {
    throw new DataDirError(
      `DATA_DIR ${dataDir}: user ${user.name}, who runs PostgreSQL for root, cannot enter it`,
    );
  }
}

/** Not with mkdir's `recursive`, which answers ENOENT on a read-only file system. */
function makeDir(dir: string, mode: number): void {
  if (existsSync(dir)) return;
  makeDir(path.dirname(dir), mode);
  try {
    mkdirSync(dir);
    chmodSync(dir, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
