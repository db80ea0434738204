import type pg from 'pg';
import type { CountedKind } from '../../../core/counting/kind.js';
import { lockRollups } from '../counting/rollup-lock.js';
import { rows, type Queryable } from '../sql.js';
import { inTransactionWithoutTimeout } from '../transaction.js';

/** Deletes the records of a project, with what belongs to them. */
type DeleteRecords = (db: Queryable, projectId: number) => Promise<void>;

/**
 * Removes a project's records and all that counts them, in one transaction. Under the lock of the rollups: who counted meanwhile
 * would write them back. What is not counted yet stays in its blocks, with records of others: a project that is gone is not counted.
 */
export async function removeProject(
  pool: pg.Pool,
  kind: CountedKind,
  projectId: number,
  deleteRecords: DeleteRecords,
): Promise<void> {
  await inTransactionWithoutTimeout(pool, async (db) => {
    await lockRollups(db, kind);
    const counts = ['totals', 'rollups', 'uniques'].map((table) => `${kind.name}_${table}`);
    await deleteOfProject(db, counts, projectId);
    await deleteRecords(db, projectId);
  });
}

/**
 * Events with their keys: an event_id of a removed project must not be known for ever. And who was seen with what, and the dead
 * letters of either kind.
 */
export async function deleteEvents(db: Queryable, projectId: number): Promise<void> {
  await deleteOfProject(db, ['event_seen', 'dead_letters'], projectId);
  await rows(db, {
    text: `with gone as (delete from events where project_id = $1 returning key)
           delete from event_keys k using gone where k.key = gone.key`,
    values: [projectId],
  });
}

/** Access entries with their hours, their addresses, and what requests with an Idempotency-Key were answered. */
export function deleteEntries(db: Queryable, projectId: number): Promise<void> {
  return deleteOfProject(db, ENTRY_TABLES, projectId);
}

const ENTRY_TABLES = [
  'access_hours',
  'ip_addresses',
  'ip_counts',
  'ip_registers',
  'access_answers',
  'access_logs',
];

async function deleteOfProject(db: Queryable, tables: readonly string[], projectId: number): Promise<void> {
  for (const table of tables) {
    await rows(db, { text: `delete from ${table} where project_id = $1`, values: [projectId] });
  }
}
