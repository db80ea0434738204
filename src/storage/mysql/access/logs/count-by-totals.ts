import { number, text } from '../../literals.js';
import type { Sessions } from '../../sql.js';

/** How many entries have this status, exactly. One statement: compaction moves counts from the deltas to the totals. */
export async function countByTotals(db: Sessions, projectId: number, status: number): Promise<number> {
  const project = number(projectId);
  const [{ n }] = await db.rows<{ n: string }>(`
    select (select coalesce(sum(n), 0) from access_totals
            where project_id = ${project} and dimension = 'status' and value = ${text(String(status))})
         + (select count(*) from access_deltas where project_id = ${project} and status = ${number(status)}) as n`);
  return Number(n);
}
