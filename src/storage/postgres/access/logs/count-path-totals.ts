import { rows, type Queryable } from '../../sql.js';

/** Totals that are looked at: a few milliseconds, however many paths and days there are. */
const MOST_TOTALS = 20_000;

/**
 * How many entries at least had `part` in their path, by the paths that are counted one by one, newest days first. Entries
 * whose rows are not kept (ACCESS_LOG_KEEP=errors) are among them.
 */
export async function countPathTotals(db: Queryable, projectId: number, part: string): Promise<number> {
  const [{ n }] = await rows<{ n: number }>(db, {
    text: `select coalesce(sum(n), 0)::bigint as n
           from (
             select value, n from access_totals
             where project_id = $1 and dimension = 'path'
             order by day desc limit ${MOST_TOTALS}
           ) as newest
           where strpos(value, $2) > 0`,
    values: [projectId, part],
  });
  return n;
}
