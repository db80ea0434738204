import type { Block } from '../../../core/count-store.js';
import type { CountedKind, CountedRow } from '../../../core/counting/kind.js';
import { rows, type Queryable } from '../sql.js';

interface BlockRow {
  id: number;
  records: string;
  /** Positions, from 1, of the records that count; null for all of them. */
  fresh: number[] | null;
}

/** The columns of a `ListedBlock`. */
export const LISTED = `id, size, greatest(extract(epoch from clock_timestamp() - stored_at) * 1000, 0)::float8 as "ageMs"`;

/** Those blocks that are still there. */
export async function selectBlocks(
  db: Queryable,
  { name }: CountedKind,
  ids: readonly number[],
): Promise<Block[]> {
  const fresh = name === 'event' ? 'fresh' : 'null::int[] as fresh';
  const found = await rows<BlockRow>(db, {
    name: `count.${name}.blocks`,
    text: `select id, records::text, ${fresh} from ${name}_blocks where id = any($1::bigint[])`,
    values: [ids],
  });
  return found.map(({ id, records, fresh }) => {
    const all = JSON.parse(records) as CountedRow[];
    return { id, rows: fresh ? fresh.map((position) => all[position - 1]) : all };
  });
}
