import { valueOf, type CountedSource } from '../counted-source.js';
import { bucketsOf, looseRecords, pointOf } from './window-parts.js';

/** What is counted of one point of a series and one group. */
export interface Counted {
  point: number;
  value: string;
  n: number;
  errors: number;
  duration_n: number;
  duration_sum: number;
  duration_max: number | null;
}

/** Sums of rows that are counted already. */
export const SUMMED = `sum(n)::bigint as n, sum(errors)::bigint as errors, sum(duration_n)::bigint as duration_n,
         sum(duration_sum) as duration_sum, max(duration_max) as duration_max`;

/** The CTE `counted`: rows of `Counted`, several for one point and value. After RUNS. */
export function countedOf(source: CountedSource, dimension: string | null): string {
  const { error, duration } = source;
  const measured = `count(*) as n, count(*) filter (where ${error}) as errors, count(${duration}) as duration_n,
         coalesce(sum(${duration}), 0) as duration_sum, max(${duration}) as duration_max`;
  return `
counted as materialized (
  select ${pointOf('r.bucket')} as point, r.value, ${SUMMED}
  from ${bucketsOf(source.rollups, `dimension = '${dimension ?? 'all'}'`)}
  group by 1, 2
  union all
  ${looseRecords(source, `${valueOf(source, dimension)} as value, ${measured}`, '1, 2')}
)`;
}
