import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** Held by one process, or one part of it, at a time. */
export interface FileLock {
  release(): void;
}

/**
 * Takes the lock that a file stands for, made where it is missing, or gives null while another holds it. SQLite's exclusive
 * transaction is a lock of the kernel: it goes with the process however that ends, and no pid is there to be mistaken.
 */
export function lockFile(file: string): FileLock | null {
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
