import { accessSync, chmodSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { asDataDirError, DataDirError } from './data-dir-error.js';
import { canEnter, databaseUser, type OsUser } from './os-user.js';

const ROOT_DATA_DIR = '/var/lib/sightline';
const PRIVATE = 0o700;
/** Where another user runs PostgreSQL and must pass through to its files: nobody may list it. */
const PASSAGE = 0o711;
/** The only entries of a folder that is nothing but a DATA_DIR; `lost+found` where a file system is mounted on it. */
const OWN_NAMES =
  /^(postgres|postgres\.init-.*|\.postgres-.*|connection\.json.*|api-key.*|lock|archive|lost\+found)$/;

/**
 * The absolute DATA_DIR. Where nobody chose one and root's own place (a checkout under /root, say)
 * is closed to the database's user, it is /var/lib/sightline.
 */
export function resolveDataDir(configured: string, isDefault: boolean): string {
  const dir = path.resolve(configured);
  const clusterDir = path.join(dir, 'postgres');
  return isDefault && !canEnter(clusterDir, databaseUser(clusterDir)) ? ROOT_DATA_DIR : dir;
}

/**
 * Makes DATA_DIR where it is missing, and revokes the access that earlier versions gave to others.
 * @throws DataDirError when it cannot be written or entered.
 */
export function prepareDataDir(dataDir: string, user: OsUser): void {
  try {
    makeDir(dataDir, modeFor(user));
    if (!statSync(dataDir).isDirectory()) throw new DataDirError(`DATA_DIR ${dataDir}: not a directory`);
    accessSync(dataDir, constants.W_OK | constants.X_OK);
    tighten(dataDir, user);
  } catch (error) {
    throw asDataDirError(dataDir, error);
  }
  if (!canEnter(dataDir, user)) {
    throw new DataDirError(
      `DATA_DIR ${dataDir}: user ${user.name}, which runs PostgreSQL for root, cannot access it`,
    );
  }
}

const modeFor = (user: OsUser) => (user.ids ? PASSAGE : PRIVATE);

/**
 * A folder that has other files too (a home, `/tmp`) or another owner (a mounted volume) keeps its mode, and so does one
 * that an operator has opened to a group alone: none of its files is readable by others.
 */
function tighten(dataDir: string, user: OsUser): void {
  const { mode, uid } = statSync(dataDir);
  if (uid !== process.geteuid?.() || !readdirSync(dataDir).every((name) => OWN_NAMES.test(name))) return;
  const isOpen = (mode & 0o007 & ~modeFor(user)) !== 0;
  if (isOpen || !canEnter(dataDir, user)) chmodSync(dataDir, modeFor(user));
  const archive = path.join(dataDir, 'archive');
  const made = statSync(archive, { throwIfNoEntry: false });
  if (made?.uid === uid && (made.mode & 0o007) !== 0) chmodSync(archive, PRIVATE);
}

/** Not with mkdir's `recursive`, which answers ENOENT on a read-only file system. */
function makeDir(dir: string, mode: number): void {
  if (existsSync(dir)) return;
  makeDir(path.dirname(dir), mode);
  try {
    mkdirSync(dir, { mode });
    // Also under a umask that would keep the database's user out.
    chmodSync(dir, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new DataDirError(`DATA_DIR ${dir}: cannot be created`);
    if (code !== 'EEXIST') throw error;
  }
}
