import type { Block } from '../../../core/counting/count-store.js';
import type { CountedRow } from '../../../core/counting/kind.js';
import { number, text } from '../literals.js';
import type { Session, Sessions } from '../sql.js';

/** Stores a block inside a transaction; gives its id. */
export async function insertBlock(db: Session, records: readonly string[]): Promise<number> {
  const [{ id }] = await db.rows<{ id: number }>(`
    insert into access_blocks (size, records) values (${number(records.length)}, ${text(`[${records.join()}]`)}) returning id`);
  return id;
}

export async function selectBlocks(db: Session | Sessions, ids: readonly number[]): Promise<Block[]> {
  if (ids.length === 0) return [];
  const found = await db.rows<{ id: number; records: string }>(
    `select id, records from access_blocks where id in (${ids.map(number).join(',')})`,
  );
  return found.map(({ id, records }) => ({ id, rows: JSON.parse(records) as CountedRow[] }));
}

/** The columns of a `ListedBlock`. */
export const LISTED = `id, size, greatest(timestampdiff(microsecond, stored_at, current_timestamp(6)), 0) / 1e3 as ageMs`;
