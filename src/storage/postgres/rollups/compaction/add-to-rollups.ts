import type { Micros } from '../../../../core/event.js';
import { formatRfc3339 } from '../../../../core/rfc3339.js';
import { REMEMBERED_DAYS, type FoldedRecords } from '../../../../core/store-maintenance.js';
import { rows, type Queryable } from '../../sql.js';
import { cappedOf, quoted, type CountedSource } from '../counted-source.js';
import { SUMMED } from '../queries/counted.js';
import type { Batch } from './batch.js';
import { countedByMinute, valueToldApart } from './counted-by-minute.js';
import { registerOf } from './register.js';
import { tiersOf } from './tiers.js';

export interface RollupBounds {
  /** Minute buckets before it are left out. */
  firstMinute: Micros;
  /** Values of a capped dimension that are counted one by one, a project and day. */
  maxNames: number;
}

/**
 * Adds a batch to the totals, the register of the values that are counted one by one, and to the rollups by time. A value that is
 * new where there is no more room, of its project, day and dimension, is counted as '(other)'. What earlier days know goes first
 * and has room of its own, then the most frequent. Gives the records that were counted as '(other)' so.
 */
export async function addToRollups(
  db: Queryable,
  source: CountedSource,
  batch: Batch,
  { firstMinute, maxNames }: RollupBounds,
): Promise<FoldedRecords[]> {
  const values = [batch.from, batch.to, formatRfc3339(firstMinute), maxNames];
  return rows(db, { name: `rollups.${source.name}.add-to-rollups`, text: textOf(source), values });
}

const MEASURES = `count(*) as n, count(*) filter (where failed) as errors, count(duration_ms) as duration_n,
           coalesce(sum(duration_ms), 0) as duration_sum, max(duration_ms) as duration_max`;

// Of the values of a batch most are '(other)' where clients choose them: they become one before they are put into tiers.
// Written in the order in which a question reads: its rows lie in few blocks.
function textOf(source: CountedSource): string {
  const { dimensions, totals, rollups } = source;
  return `
with ${registerOf(source)}, counted as materialized (${countedByMinute(source, dimensions, { measures: MEASURES })}
), ${admittedTo(source)}, known as (
  select * from register union all select * from admitted
), told as materialized (
  select c.project_id, c.day, c.minute, c.dimension, ${valueToldApart(cappedOf(source), 'c', 'k')} as value, ${SUMMED},
    coalesce(sum(n) filter (where k.day is null and ${isCapped(source)}), 0) as folded
  from counted c
  left join known k on k.project_id = c.project_id and k.day = c.day and k.dimension = c.dimension and k.value = c.value
  group by 1, 2, 3, 4, 5
), added as (
  insert into ${totals} as t (project_id, dimension, value, day, n)
  select project_id, dimension, value, day, sum(n) from told group by 1, 2, 3, 4
  on conflict (project_id, dimension, value, day) do update set n = t.n + excluded.n
), added_by_time as (
  insert into ${rollups} as r
    (project_id, dimension, tier, bucket, value, day, n, errors, duration_n, duration_sum, duration_max)
  select project_id, dimension, tier, date_bin(width, minute, '1970-01-01Z'), value, day, ${SUMMED}
  from told ${tiersOf(dimensions, ({ tiers }) => tiers)}
  group by 1, 2, 3, 4, 5, 6
  order by tier, dimension collate "C", project_id, 4
  on conflict (project_id, dimension, tier, bucket, value, day) do update set
    n = r.n + excluded.n, errors = r.errors + excluded.errors, duration_n = r.duration_n + excluded.duration_n,
    duration_sum = r.duration_sum + excluded.duration_sum, duration_max = greatest(r.duration_max, excluded.duration_max)
)
select project_id as "projectId", day, dimension, sum(folded)::bigint as records
from told where folded > 0 group by 1, 2, 3
`;
}

/** A condition on `counted c`: its value is one that room is needed for. */
function isCapped(source: CountedSource): string {
  return `c.dimension in (${quoted(cappedOf(source))}) and c.value not in ('', '(other)')`;
}

/**
 * The CTE `admitted`: values that come into the register now. After `register` and `counted`. What earlier days know is read only
 * where there is not room for all, by the index on days, and joined by hash: looked up one by one, with a plan that was made while
 * the table was small, 50,000 new values took minutes.
 */
function admittedTo(source: CountedSource): string {
  return `fresh as materialized (
  select c.project_id, c.day, c.dimension, c.value, sum(c.n) as n
  from counted c
  left join register r on r.project_id = c.project_id and r.day = c.day and r.dimension = c.dimension and r.value = c.value
  where ${isCapped(source)} and r.day is null
  group by 1, 2, 3, 4
), taken as (
  select project_id, day, dimension, count(*) as n from register where value not in ('', '(other)') group by 1, 2, 3
), short as materialized (
  select f.project_id, f.day, f.dimension
  from fresh f left join taken t on t.project_id = f.project_id and t.day = f.day and t.dimension = f.dimension
  group by 1, 2, 3
  having count(*) + coalesce(max(t.n), 0) > $4 and coalesce(max(t.n), 0) < 2 * $4
), remembered as materialized (
  select distinct s.project_id, s.day, s.dimension, e.value
  from ${source.totals} e
  join short s on s.project_id = e.project_id and s.dimension = e.dimension and e.day >= s.day - ${REMEMBERED_DAYS} and e.day < s.day
  where exists (select from short)
    and e.day = any(array(select day - ago from short, generate_series(1, ${REMEMBERED_DAYS}) as ago))
    and e.project_id = any(array(select project_id from short))
    and e.dimension = any(array(select dimension from short))
), placed as (
  select f.*, k.day is not null as is_remembered, coalesce(t.n, 0) + row_number() over (
    partition by f.project_id, f.day, f.dimension order by k.day is not null desc, f.n desc, f.value
  ) as place
  from fresh f
  left join taken t on t.project_id = f.project_id and t.day = f.day and t.dimension = f.dimension
  left join remembered k on k.project_id = f.project_id and k.day = f.day and k.dimension = f.dimension and k.value = f.value
  where k.day is not null or coalesce(t.n, 0) < $4
), admitted as (
  select project_id, day, dimension, value from placed where place <= case when is_remembered then 2 * $4 else $4 end
)`;
}
