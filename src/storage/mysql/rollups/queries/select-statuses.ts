import type { Micros } from '../../../../core/event.js';
import type { StatusPart } from '../../../../core/status-classes.js';
import type { Sessions } from '../../sql.js';
import { DIMENSIONS } from '../dimensions.js';
import { pointOf, type WindowSql } from '../window-sql.js';

/** Entries of a window by point and class of status. */
export async function selectStatuses(
  db: Sessions,
  { buckets, deltas }: WindowSql,
  starts: readonly Micros[],
): Promise<StatusPart[]> {
  const found = await db.rows<{ point: number; digit: Buffer; n: string }>(`
    select point, digit, sum(n) as n from (
      select ${pointOf('bucket', starts)} as point, left(value, 1) as digit, n
      from access_rollups where dimension = 'status' and ${buckets}
      union all
      select ${pointOf('timestamp', starts)}, left(${DIMENSIONS.status.value}, 1), count(*)
      from access_deltas where ${deltas} group by 1, 2
    ) as parts group by point, digit`);
  return found.map(({ point, digit, n }) => ({ point, digit: digit.toString(), n: Number(n) }));
}
