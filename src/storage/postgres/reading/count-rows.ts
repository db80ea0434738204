import type { Count } from '../../../core/event-reader.js';
import type { Queryable } from '../sql.js';
import { countAll } from './count-all.js';
import { countUpTo } from './count-up-to.js';
import { estimateCount } from './estimate-count.js';
import type { Condition, RowTable } from './values.js';

/** Up to so many rows a count is always exact. */
export const EXACT_UP_TO = 10_000;

/** How many rows there are: `auto` counts up to 10,000 of them, past that it is the planner's estimate. */
export async function countRows(
  db: Queryable,
  table: RowTable,
  conditions: readonly Condition[],
  mode: 'auto' | 'exact',
): Promise<Count> {
  if (mode === 'exact') return { total: await countAll(db, table, conditions), estimated: false };
  const counted = await countUpTo(db, table, conditions, EXACT_UP_TO + 1);
  if (counted <= EXACT_UP_TO) return { total: counted, estimated: false };
  const expected = await estimateCount(db, table, conditions);
  return { total: Math.max(expected, counted), estimated: true };
}
