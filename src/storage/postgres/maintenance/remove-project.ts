import type pg from 'pg';
import type { CountedSource } from '../rollups/counted-source.js';
import { lockRollups } from '../counting/rollup-lock.js';
import { rows, type Queryable } from '../sql.js';
import { inUnhurriedTransaction } from './unhurried.js';

/** Deletes the records of a project, with what belongs to them. */
type DeleteRecords = (db: Queryable, projectId: number) => Promise<void>;

/**
 * Removes a project's records and all that counts them, in one transaction. Under the lock of the rollups: a compaction that read
 * the deltas before would write them back into the rollups after; one that begins meanwhile finds them deleted, and undoes its work.
 */
export async function removeProject(
  pool: pg.Pool,
  source: CountedSource,
  projectId: number,
  deleteRecords: DeleteRecords,
): Promise<void> {
  const { deltas, totals, rollups, latency, uniques } = source;
  await inUnhurriedTransaction(pool, async (db) => {
    await lockRollups(db, source);
    await deleteOfProject(db, [deltas, totals, rollups, latency, uniques], projectId);
    await deleteRecords(db, projectId);
  });
}

/** Events with their keys: an event_id of a removed project must not be known for ever. */
export async function deleteEvents(db: Queryable, projectId: number): Promise<void> {
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
