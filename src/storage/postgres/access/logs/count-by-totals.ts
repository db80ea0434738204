import type { AccessFilter } from '../../../../core/access-reader.js';
import { rows, type Queryable } from '../../sql.js';

/**
 * The status whose totals have the same answer as this filter, or null where they have none: totals count the entries whose rows are
 * not kept too (ACCESS_LOG_KEEP=errors, now or in the days before), so only what is kept in any case.
 */
export function totalStatus(filter: AccessFilter): number | null {
  const { status, ...rest } = filter;
  const isAlone = Object.values(rest).every((value) => value === undefined);
  return isAlone && status !== undefined && status >= 400 ? status : null;
}

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
