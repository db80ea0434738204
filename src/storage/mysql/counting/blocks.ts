import type { Block, ListedBlock } from '../../../core/count-store.js';
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

const LISTED = `id, size, greatest(timestampdiff(microsecond, stored_at, current_timestamp(6)), 0) / 1e3 as ageMs`;

/** All blocks, the oldest first. */
export function listBlocks(db: Sessions): Promise<ListedBlock[]> {
  return db.rows(`select ${LISTED} from access_blocks order by id`);
}

/** The oldest blocks, until they have `records` together; at least one if there is any. */
export function listOldest(db: Session, records: number): Promise<ListedBlock[]> {
  // none has less than one record
  return db.rows(`
    select ${LISTED}
    from (
      select id, size, stored_at, sum(size) over (order by id) - size as older
      from (select id, size, stored_at from access_blocks order by id limit ${number(records)}) as first_blocks
    ) as summed
    where older < ${number(records)} order by id`);
}
