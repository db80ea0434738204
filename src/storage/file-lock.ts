import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** Held by one process, or one part of it, at a time. */
export interface FileLock {
  release(): void;
}

/**
 * Takes the lock that a file stands for, made where it is missing, or gives null while another holds it. SQLite's exclusive
 * transaction is a lock of the kernel: it goes with the process however that ends, and no pid is there to be mistaken.
 * Who may read the file may hold the lock, so it is its owner's alone.
 */
export function lockFile(file: string): FileLock | null {
  makePrivate(file);
  const database = new DatabaseSync(file);
  try {
    // In memory: a journal on disk would stay behind after a kill, and need room.
    database.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw error;
  }
  return { release: () => database.close() };
}

// SQLite makes its files readable by all. What is there is not opened for it: to close any descriptor of a file gives up
// the locks that this process has on it.
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const { mode } = statSync(file);
    if ((mode & 0o077) !== 0) chmodSync(file, mode & 0o700);
  }
}
