import { rows, type Queryable } from '../../sql.js';
import type { CountedSource } from '../counted-source.js';

/** A stretch of a table of deltas in heap order: `from` inclusive, `to` exclusive, as ctid texts. */
export interface Batch {
  from: string;
  to: string;
}

export const HEAP_START = '(0,0)';
/** Past the last block that a table can have. */
export const HEAP_END = '(4294967295,0)';

/** Which deltas a statement means, for parameters $1 and $2. A TID range scan: reads the batch's pages and no others. */
export const IN_BATCH = `d.ctid >= $1::tid and d.ctid < $2::tid`;

/** The batch of `size` deltas that begins at `from`, or of all that are left; null where none are. */
export async function nextBatch(
  db: Queryable,
  { name, deltas }: CountedSource,
  from: string,
  size: number,
): Promise<Batch | null> {
  const [{ first, past }] = await rows<{ first: string | null; past: string | null }>(db, {
    name: `rollups.${name}.next-batch`,
    text: `select (select d.ctid::text from ${deltas} d where ${IN_BATCH} limit 1) as first,
                  (select d.ctid::text from ${deltas} d where ${IN_BATCH} offset $3 limit 1) as past`,
    values: [from, HEAP_END, size],
  });
  return first === null ? null : { from: first, to: past ?? HEAP_END };
}
