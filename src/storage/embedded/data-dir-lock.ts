import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

/** Held by the one process that may run PostgreSQL in a DATA_DIR. */
export interface DataDirLock {
  release(): void;
}

/**
 * Takes the lock, or gives null while another process holds it. SQLite's exclusive transaction is a lock
 * of the kernel: it goes with the process however that ends, and no pid is there to be mistaken.
 */
export function lockDataDir(dataDir: string): DataDirLock | null {
  const database = new DatabaseSync(path.join(dataDir, 'lock'));
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
