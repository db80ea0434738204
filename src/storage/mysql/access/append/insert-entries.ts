import type { NewAccessEntry } from '../../../../core/access-entry.js';
import type { Session } from '../../sql.js';
import { DELTA_COLUMNS, ROW_COLUMNS, type EntryLiterals } from './entry-literals.js';

/** Which entries are kept as rows; all are counted. */
export type Keep = 'all' | 'errors';

/** Inserts the rows and the deltas of entries, inside a transaction. */
export async function insertEntries(
  db: Session,
  entries: readonly NewAccessEntry[],
  literals: readonly EntryLiterals[],
  keep: Keep,
): Promise<void> {
  const rows = literals.filter((_, i) => keep === 'all' || (entries[i].status ?? 0) >= 400);
  if (rows.length > 0) {
    await db.run(`insert into access_logs (${ROW_COLUMNS}) values ${rows.map(({ row }) => row).join(',')}`);
  }
  await db.run(
    `insert into access_deltas (${DELTA_COLUMNS}) values ${literals.map(({ delta }) => delta).join(',')}`,
  );
}
