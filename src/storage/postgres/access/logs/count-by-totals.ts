import { rows, type Queryable } from '../../sql.js';

/** How many entries have this status, exactly. One statement: compaction moves counts from the deltas to the totals. */
export async function countByTotals(db: Queryable, projectId: number, status: number): Promise<number> {
  const [{ n }] = await rows<{ n: number }>(db, {
    text: `select coalesce(sum(n), 0)::bigint
             + (select count(*) from access_deltas where project_id = $1 and status = $2::smallint) as n
           from access_totals where project_id = $1 and dimension = 'status' and value = $2::smallint::text`,
    values: [projectId, status],
  });
  return n;
}
