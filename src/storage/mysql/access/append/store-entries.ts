import type { NewAccessEntry } from '../../../../core/access-entry.js';
import { isRefusedRecord } from '../../errors.js';
import type { Session } from '../../sql.js';
import { entryLiterals, type EntryLiterals } from './entry-literals.js';
import { insertEntries, type Keep } from './insert-entries.js';

/** Characters of a statement: with four bytes each it is far below the least max_allowed_packet that is in use, 16 MB. */
const CHUNK_CHARS = 1_000_000;

/**
 * Stores the rows and deltas of entries inside a transaction; gives the errors of those that the database refused, by index.
 * Of their addresses nothing is written.
 */
export async function storeEntries(
  db: Session,
  entries: readonly NewAccessEntry[],
  keep: Keep,
): Promise<Map<number, Error>> {
  const refused = new Map<number, Error>();
  let from = 0;
  while (from < entries.length) {
    const literals: EntryLiterals[] = [];
    for (let chars = 0; chars < CHUNK_CHARS && from + literals.length < entries.length;) {
      const one = entryLiterals(entries[from + literals.length]);
      literals.push(one);
      chars += one.row.length;
    }
    await storeChunk(db, entries.slice(from, from + literals.length), literals, keep, (index, error) =>
      refused.set(from + index, error),
    );
    from += literals.length;
  }
  return refused;
}

// The database does not say which record it refused: halves until it stands alone.
async function storeChunk(
  db: Session,
  entries: readonly NewAccessEntry[],
  literals: readonly EntryLiterals[],
  keep: Keep,
  refuse: (index: number, error: Error) => void,
): Promise<void> {
  await db.run('savepoint before_chunk');
  try {
    return await insertEntries(db, entries, literals, keep);
  } catch (error) {
    if (!isRefusedRecord(error)) throw error;
    await db.run('rollback to savepoint before_chunk');
    if (entries.length === 1) return refuse(0, error);
  }
  const middle = entries.length >> 1;
  await storeChunk(db, entries.slice(0, middle), literals.slice(0, middle), keep, refuse);
  await storeChunk(db, entries.slice(middle), literals.slice(middle), keep, (index, error) =>
    refuse(middle + index, error),
  );
}
