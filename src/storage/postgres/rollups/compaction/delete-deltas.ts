import { rows, type Queryable } from '../../sql.js';
import type { CountedSource } from '../counted-source.js';
import { IN_BATCH, type Batch } from './batch.js';

/** Removes a batch that is in the rollups now; says how many deltas it had. */
export async function deleteDeltas(
  db: Queryable,
  { name, deltas }: CountedSource,
  batch: Batch,
): Promise<number> {
  const [{ n }] = await rows<{ n: number }>(db, {
    name: `rollups.${name}.delete-deltas`,
    text: `with gone as (delete from ${deltas} d where ${IN_BATCH} returning 1) select count(*) as n from gone`,
    values: [batch.from, batch.to],
  });
  return n;
}
