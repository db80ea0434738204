import type { Count } from '../../../core/event-reader.js';
import type { Queryable } from '../sql.js';
import { countBySample } from './count-by-sample.js';
import { countAll, countUpTo, estimateCount } from './counts.js';
import type { FilterConditions } from './filter-conditions.js';
import type { RowTable } from './values.js';

/** Up to so many rows a count is always exact. */
export const EXACT_UP_TO = 10_000;
/** Of a sample that has so many the estimate is nearer than the planner's. */
const TELLING = 20;

/** A filter, and whether it has a range of times: pages at random tell little of that. */
export interface Counted extends FilterConditions {
  hasRange: boolean;
}

/** How many rows there are: `auto` counts up to 10,000 of them, past that it is an estimate. */
export async function countRows(
  db: Queryable,
  table: RowTable,
  { scope, values, indexed, isRareByNature, hasRange }: Counted,
  mode: 'auto' | 'exact',
): Promise<Count> {
  const all = [...scope, ...indexed];
  if (mode === 'exact') return { total: await countAll(db, table, all), estimated: false };
  const plain = [...scope, ...values];
  // of all rows of a project the planner knows best
  const isSampled = values.length > 0 && !isRareByNature && !hasRange;
  const sampled = isSampled ? await countBySample(db, table, plain, { exactUpTo: EXACT_UP_TO }) : null;
  if (sampled?.isClear) return { total: sampled.total, estimated: true };
  const counted = await countUpTo(db, table, all, EXACT_UP_TO + 1);
  if (counted <= EXACT_UP_TO) return { total: counted, estimated: false };
  const isTelling = sampled !== null && sampled.seen >= TELLING;
  // not of `all`: the planner would take terms and values for two conditions
  const expected = isTelling ? sampled.total : await estimateCount(db, table, plain);
  return { total: Math.max(expected, counted), estimated: true };
}
