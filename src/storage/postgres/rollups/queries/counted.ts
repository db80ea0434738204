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

/** The columns that `looseRecords` is to count, by point (1) and value (2). */
function measured(source: CountedSource, dimension: string | null): string {
  const { error, duration } = source;
  return `${valueOf(source, dimension)} as value, count(*) as n, count(*) filter (where ${error}) as errors,
         count(${duration}) as duration_n, coalesce(sum(${duration}), 0) as duration_sum, max(${duration}) as duration_max`;
}

/** The CTE `summed`: `Counted` of each value of a whole window, without its points. After RUNS. */
export function summedOf(source: CountedSource, dimension: string): string {
  const columns = 'value, n, errors, duration_n, duration_sum, duration_max';
  return `
summed as materialized (
  select value, ${SUMMED}
  from (
    select ${columns} from ${bucketsOf(source.rollups, `dimension = '${dimension}'`)}
    union all
    select ${columns} from (${looseRecords(source, measured(source, dimension), '1, 2')}) as loose
  ) as parts
  group by value
)`;
}

/** The CTE `counted`: rows of `Counted`, several for one point and value. After RUNS. */
export function countedOf(source: CountedSource, dimension: string | null): string {
  return `
counted as materialized (
  select ${pointOf('r.bucket')} as point, r.value, ${SUMMED}
  from ${bucketsOf(source.rollups, `dimension = '${dimension ?? 'all'}'`)}
  group by 1, 2
  union all
  ${looseRecords(source, measured(source, dimension), '1, 2')}
)`;
}
