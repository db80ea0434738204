import { number } from '../literals.js';
import { withLock } from '../named-lock.js';
import type { Session, Sessions } from '../sql.js';

/** Counting ends after the batch that it is at. */
const PATIENCE_S = 300;
/** Rows of a transaction: locks on more of them would hold up the appends of others. */
const CHUNK = 5_000;

const TABLES = [
  'access_totals',
  'access_rollups',
  'access_uniques',
  'access_hours',
  'ip_counts',
  'ip_registers',
  'access_answers',
  'ip_addresses',
  'access_logs',
];

/**
 * Removes the entries of a project that is no longer one, and all that counts them. Under the lock of the rollups: who is at counting
 * took it for one. What of it is in blocks still is not counted when its turn comes. Rows go last, some at a time: whoever is killed in between is called again.
 */
export async function removeProject(background: Sessions, projectId: number): Promise<void> {
  await background.use((db) =>
    withLock(db, 'rollups', PATIENCE_S, async () => {
      for (const table of TABLES) await deleteOfProject(db, table, projectId);
    }),
  );
}

async function deleteOfProject(db: Session, table: string, projectId: number): Promise<void> {
  const sql = `delete from ${table} where project_id = ${number(projectId)} limit ${CHUNK}`;
  while ((await db.run(sql)) === CHUNK);
}
