import type { Block } from '../../../core/counting/count-store.js';
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

/** SQL of the ids of all blocks, as one text for `idsIn`. */
export function pendingIds({ name }: Pick<CountedKind, 'name'>): string {
  return `(select json_agg(id)::text from ${name}_blocks)`;
}

/** The ids in the one row that has them. */
export function idsIn(found: readonly { pending: string | null }[]): number[] {
  const ids = found.find(({ pending }) => pending !== null)?.pending;
  return ids ? (JSON.parse(ids) as number[]) : [];
}

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
