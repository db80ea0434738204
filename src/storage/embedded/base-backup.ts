import { chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { Client } from '../postgres/database.js';
import { clusterDirOf, superuserUrl } from './cluster.js';
import { DataDirError } from './data-dir-error.js';
import { canEnter, databaseUser, type OsUser } from './os-user.js';

const CLUSTER = 'postgres';

// A temporary slot, dropped with the connection. Without it a checkpoint might recycle WAL that the copy still needs, and the
// backup would fail at its very end.
const KEEP_WAL = 'CREATE_REPLICATION_SLOT sightline_backup TEMPORARY PHYSICAL RESERVE_WAL';

/**
 * Copies a running cluster into the new folder `target`, as `pg_basebackup` does, while others write: `postgres/base.tar.gz`,
 * with the WAL that makes it whole, and `postgres/backup_manifest`. PostgreSQL itself writes and syncs them; `more` adds to
 * the folder before it gets its name, so that one which is there is whole. Gives the bytes of the archive.
 * @throws DataDirError where the folder cannot be made
 */
export async function baseBackup(
  url: string,
  dataDir: string,
  target: string,
  more: (folder: string) => void,
): Promise<number> {
  const partial = `${target}.partial`;
  makeFolder(target, partial, databaseUser(clusterDirOf(dataDir)));
  try {
    await copyCluster(url, path.join(partial, CLUSTER));
    more(partial);
    renameSync(partial, target);
    return statSync(path.join(target, CLUSTER, 'base.tar.gz')).size;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  }
}

function makeFolder(target: string, partial: string, user: OsUser): void {
  const parent = path.dirname(target);
  if (existsSync(target)) throw new DataDirError(`${target} already exists: a backup needs a new folder`);
  if (!existsSync(parent)) throw new DataDirError(`${parent} does not exist`);
  if (!canEnter(parent, user))
    throw new DataDirError(`${parent}: user ${user.name}, which runs PostgreSQL for root, cannot access it`);
  try {
    mkdirSync(partial, { mode: 0o700 });
    if (user.ids) chownSync(partial, user.ids.uid, user.ids.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new DataDirError(
      `${partial} exists: another backup is running, or one was interrupted and left it behind`,
    );
  }
}

async function copyCluster(url: string, folder: string): Promise<void> {
  const address = superuserUrl(url);
  address.searchParams.set('replication', 'true');
  const client = new Client(address.href);
  await client.connect();
  try {
    await client.query(KEEP_WAL);
    await client.query(
      `BASE_BACKUP (LABEL 'sightline', CHECKPOINT 'fast', WAL true, MANIFEST 'yes',
         COMPRESSION 'gzip', COMPRESSION_DETAIL 'level=1', TARGET 'server', TARGET_DETAIL '${folder.replaceAll("'", "''")}')`,
    );
  } finally {
    await client.end();
  }
}
