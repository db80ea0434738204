import type { StatusPart } from '../../../../core/status-classes.js';
import { rows, type Queryable } from '../../sql.js';
import { ACCESS } from '../counted-access.js';
import { countedOf } from './counted.js';
import { RUNS } from './window-parts.js';

/** Entries of a window (see windowValues) by point and class of status. */
export function selectStatuses(db: Queryable, window: unknown[]): Promise<StatusPart[]> {
  const text = `
with ${RUNS}, ${countedOf(ACCESS, 'status')}
select point, left(value, 1) as digit, sum(n)::bigint as n
from counted
group by 1, 2`;
  return rows(db, { name: 'stats.access.statuses', text, values: window });
}
