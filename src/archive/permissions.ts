import type { Dirent } from 'node:fs';
import { chmod, lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';

const OWNER_ONLY = 0o700;
const GROUP_MAY_READ = 0o050;
const OTHERS = 0o007;

/** The entries of ARCHIVE_DIR that the server makes. */
const OWN_NAMES = ['logs', 'analytics', 'projects', '.id'];

/**
 * The mode of what is made in a folder: its owner's alone, for it holds addresses. A folder that its group may read and
 * that others may not enter (`chmod 2750`) was shared on purpose: what is made in it is its group's to read too, as
 * PostgreSQL does with a data directory. Under the mask of the process, like any mode.
 */
export async function modesWithin(folder: string): Promise<{ folder: number; file: number }> {
  const mode = await modeOf(folder);
  const group = (mode & OTHERS) === 0 ? mode & GROUP_MAY_READ : 0;
  return { folder: OWNER_ONLY | group, file: 0o600 | (group & 0o040) };
}

/** Tightens the modes of files that earlier versions wrote. The folder itself keeps its mode. */
export async function tightenWithin(dir: string): Promise<void> {
  const modes = await modesWithin(dir);
  for (const name of OWN_NAMES) {
    await tighten(path.join(dir, name), modes);
    for (const entry of await entriesOf(path.join(dir, name), true)) {
      await tighten(path.join(entry.parentPath, entry.name), modes);
    }
  }
}

async function tighten(target: string, modes: { folder: number; file: number }): Promise<void> {
  const found = await lstat(target).catch(unlessMissing);
  if (!found || (!found.isFile() && !found.isDirectory())) return;
  const most = found.isDirectory() ? modes.folder : modes.file;
  const excess = found.mode & 0o077 & ~most;
  if (excess !== 0) await chmod(target, found.mode & 0o7777 & ~excess).catch(unlessOutOfReach);
}

async function modeOf(folder: string): Promise<number> {
  return (await stat(folder).catch(unlessMissing))?.mode ?? OTHERS;
}

/** None where the folder is missing. */
export async function entriesOf(folder: string, recursive: boolean): Promise<Dirent[]> {
  return (await readdir(folder, { recursive, withFileTypes: true }).catch(unlessMissing)) ?? [];
}

/** For `catch`: undefined where a file is missing, or what its folder should be is none. */
export function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}

// Another process may share the folder and remove files meanwhile; another user's tightens its own.
function unlessOutOfReach(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPERM') unlessMissing(error);
}
