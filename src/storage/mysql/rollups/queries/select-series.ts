import type { Micros } from '../../../../core/event.js';
import type { Sessions } from '../../sql.js';
import { pointOf, type WindowSql } from '../window-sql.js';

/** How many entries each point of a series has; from 1, and only those that have some. */
export async function selectSeries(
  db: Sessions,
  { buckets, deltas }: WindowSql,
  starts: readonly Micros[],
): Promise<Map<number, number>> {
  const found = await db.rows<{ point: number; n: string }>(`
    select point, sum(n) as n from (
      select ${pointOf('bucket', starts)} as point, n from access_rollups where dimension = 'all' and ${buckets}
      union all
      select ${pointOf('timestamp', starts)}, count(*) from access_deltas where ${deltas} group by 1
    ) as parts group by point`);
  return new Map(found.map(({ point, n }) => [point, Number(n)]));
}
