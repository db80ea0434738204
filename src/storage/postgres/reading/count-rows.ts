import type { Count } from '../../../core/event-reader.js';
import type { Queryable } from '../sql.js';
import { countBySample } from './count-by-sample.js';
import { countAll, countAmong, countUpTo, estimateCount } from './counts.js';
import type { FilterConditions } from './filter-conditions.js';
import type { RowTable } from './values.js';

/** Up to so many rows a count is always exact. */
const EXACT_UP_TO = 10_000;
/** Of a sample that has so many the estimate is nearer than the planner's. */
const TELLING = 20;
/** Rows by which it is guessed how frequent something is, and what is frequent: 10,000 are found soonest by looking at each row. */
const GUESSED_BY = 1_000;
const FREQUENT = 0.1;

/** A filter, and whether it has a range of times: pages at random tell little of that. */
export interface Counted extends FilterConditions {
  hasRange: boolean;
}

/** How many rows there are: `auto` counts up to 10,000 of them, past that it is an estimate. */
export async function countRows(
  db: Queryable,
  table: RowTable,
  counted: Counted,
  mode: 'auto' | 'exact',
): Promise<Count> {
  const { scope, values, indexed, isRareByNature, hasRange } = counted;
  if (mode === 'exact') return { total: await countAll(db, table, [...scope, ...indexed]), estimated: false };
  const plain = [...scope, ...values];
  // what an index has in order, the planner knows best
  const isSampled = values.length > 0 && !isRareByNature && !hasRange;
  const sampled = isSampled ? await countBySample(db, table, plain, EXACT_UP_TO) : null;
  if (sampled?.isClear) return { total: sampled.total, estimated: true };
  const found = (await isFrequent(db, table, counted)) ? plain : [...scope, ...indexed];
  const n = await countUpTo(db, table, found, EXACT_UP_TO + 1);
  if (n <= EXACT_UP_TO) return { total: n, estimated: false };
  const isTelling = sampled !== null && sampled.seen >= TELLING;
  // not of what is indexed: the planner would take terms and values for two conditions
  const expected = isTelling ? sampled.total : await estimateCount(db, table, plain);
  return { total: Math.max(expected, n), estimated: true };
}

async function isFrequent(
  db: Queryable,
  table: RowTable,
  { scope, values, isRareByNature }: Counted,
): Promise<boolean> {
  if (values.length === 0 || isRareByNature) return false;
  const { looked, matching } = await countAmong(db, table, scope, values, GUESSED_BY);
  return matching >= FREQUENT * looked;
}
