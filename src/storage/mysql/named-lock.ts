import type { Session } from './sql.js';

/** Locks of this database that a session holds: who loses its connection loses them. */
export type LockName = 'partitions' | 'rollups';

/** Runs `work` under a lock that is waited for. @throws Error where that takes longer than `patienceS`. */
export async function withLock<T>(
  db: Session,
  name: LockName,
  patienceS: number,
  work: () => Promise<T>,
): Promise<T> {
  if (!(await take(db, name, patienceS))) throw new Error(`another process holds the lock of ${name}`);
  return released(db, name, work);
}

/** The same where nobody holds it; else null, at once. */
export async function withFreeLock<T>(
  db: Session,
  name: LockName,
  work: () => Promise<T>,
): Promise<T | null> {
  return (await take(db, name, 0)) ? released(db, name, work) : null;
}

async function released<T>(db: Session, name: LockName, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await db.rows(`select release_lock(${nameOf(name)})`).catch(() => undefined);
  }
}

async function take(db: Session, name: LockName, patienceS: number): Promise<boolean> {
  const [{ taken }] = await db.rows<{ taken: number | null }>(
    `select get_lock(${nameOf(name)}, ${patienceS}) as taken`,
  );
  return taken === 1;
}

// Locks are the server's, not the database's.
function nameOf(name: LockName): string {
  return `concat('sightline.${name}.', left(sha2(database(), 256), 32))`;
}
