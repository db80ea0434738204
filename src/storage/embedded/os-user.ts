import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DataDirError } from './data-dir-error.js';

/** The user that PostgreSQL runs as. Without `ids` it is the user of this process. */
export interface OsUser {
  name: string;
  ids?: { uid: number; gid: number };
}

/**
 * PostgreSQL refuses to run as root. Root gives the work to whoever owns `clusterDir` already
 * (so that data made earlier opens again), else to `postgres`, else to `nobody`.
 */
export function databaseUser(clusterDir?: string): OsUser {
  if (process.getuid?.() !== 0) return { name: 'this user' };
  const users = passwd();
  const owner = clusterDir === undefined ? undefined : statSync(clusterDir, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) {
    const name = users.find((user) => user.ids.uid === owner.uid)?.name ?? String(owner.uid);
    return { name, ids: { uid: owner.uid, gid: owner.gid } };
  }
  const user = users.find(({ name }) => name === 'postgres') ?? users.find(({ name }) => name === 'nobody');
  if (!user)
    throw new DataDirError(
      'PostgreSQL cannot run as root, and there is no user postgres or nobody to run it as',
    );
  return user;
}

function passwd(): Required<OsUser>[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length > 3)
    .map(([name, , uid, gid]) => ({ name, ids: { uid: Number(uid), gid: Number(gid) } }));
}

/** Whether `user` can walk down to `target`, as far as it exists: every directory on the way needs its x bit. */
export function canEnter(target: string, user: OsUser): boolean {
  if (!user.ids) return true;
  const { uid, gid } = user.ids;
  for (let dir = path.resolve(target); ; dir = path.dirname(dir)) {
    const stat = statSync(dir, { throwIfNoEntry: false });
    if (stat) {
      const bit = stat.uid === uid ? 0o100 : stat.gid === gid ? 0o010 : 0o001;
      if ((stat.mode & bit) === 0) return false;
    }
    if (dir === path.dirname(dir)) return true;
  }
}
