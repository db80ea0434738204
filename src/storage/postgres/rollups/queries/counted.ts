import type { Group } from '../../../../core/event-stats.js';
import { bucketsOf, DELTAS_OF_BUCKETS, pointOf, ROWS_OF_ENDS, valueOf } from './sources.js';

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

function measured(alias: 'd' | 'e'): string {
  return `count(*) as n, count(*) filter (where ${alias}.event_type = 'error') as errors, count(${alias}.duration_ms) as duration_n,
         coalesce(sum(${alias}.duration_ms), 0) as duration_sum, max(${alias}.duration_ms) as duration_max`;
}

/** Sums of rows that are counted already. */
export const SUMMED = `sum(n)::bigint as n, sum(errors)::bigint as errors, sum(duration_n)::bigint as duration_n,
         sum(duration_sum) as duration_sum, max(duration_max) as duration_max`;

/** The CTE `counted`: rows of `Counted`, several for one point and value. After RUNS. */
export function countedOf(group: Group | null): string {
  return `
counted as materialized (
  select ${pointOf('r.bucket')} as point, r.value, ${SUMMED}
  from ${bucketsOf('event_rollups', group ?? 'all')}
  group by 1, 2
  union all
  select ${pointOf('d."timestamp"')} as point, ${valueOf(group, 'd')} as value, ${measured('d')}
  from event_deltas d
  where ${DELTAS_OF_BUCKETS}
  group by 1, 2
  union all
  select ${pointOf('e."timestamp"')} as point, ${valueOf(group, 'e')} as value, ${measured('e')}
  from ${ROWS_OF_ENDS}
  group by 1, 2
)`;
}
