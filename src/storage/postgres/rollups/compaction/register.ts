import { cappedOf, quoted, type CountedSource } from '../counted-source.js';
import { IN_BATCH } from './batch.js';

/**
 * The CTE `register`: the values that are counted one by one, of a batch's days. Read by the index on days: the totals have ten
 * thousand values of each day that is kept, and a batch has few days.
 */
export function registerOf(source: CountedSource): string {
  return `
register as materialized (
  select project_id, day, dimension, value
  from ${source.totals}
  where day = any(array(select distinct d.day from ${source.deltas} d where ${IN_BATCH}))
    and dimension in (${quoted(cappedOf(source))})
)`;
}
