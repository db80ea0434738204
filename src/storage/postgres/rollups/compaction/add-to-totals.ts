import { rows, type Queryable } from '../../sql.js';
import { quoted, type CountedSource } from '../counted-source.js';
import { IN_BATCH, type Batch } from './batch.js';
import { oneByOne } from './one-by-one.js';

/**
 * Adds a batch to the totals, the register of the values that are counted one by one: a value that is new
 * where there is no more room, of its project, day and dimension, is counted as '(other)'. The most frequent go first.
 */
export async function addToTotals(
  db: Queryable,
  source: CountedSource,
  batch: Batch,
  maxNames: number,
): Promise<void> {
  await rows(db, {
    name: `rollups.${source.name}.add-to-totals`,
    text: textOf(source),
    values: [batch.from, batch.to, maxNames],
  });
}

function textOf({ deltas, totals, dimensions }: CountedSource): string {
  const capped = dimensions.filter((one) => one.capped).map(({ name }) => name);
  const named = dimensions.map((one) => `${one.value} as ${one.name}`).join(', ');
  const names = dimensions.map(({ name }) => name);
  const { dimension, value, sets } = oneByOne(names);
  return `
with counted as (
  select project_id, day, ${dimension} as dimension, ${value} as value, sum(n)::bigint as n
  from (
    select project_id, day, ${named}, count(*) as n
    from ${deltas} d
    where ${IN_BATCH}
    group by project_id, day, ${names.join(', ')}
  ) as base
  group by project_id, day, ${sets}
), known as (
  select c.*, dimension in (${quoted(capped)}) and value not in ('', '(other)') as capped, exists (
    select from ${totals} t
    where t.project_id = c.project_id and t.dimension = c.dimension and t.value = c.value and t.day = c.day
  ) as known
  from counted c
), places as (
  select k.*, row_number() over (partition by project_id, day, dimension, capped, known order by n desc, value) as place
  from known k
), room as (
  select project_id, day, dimension, $3 - (
    select count(*) from ${totals} t
    where t.day = c.day and t.project_id = c.project_id and t.dimension = c.dimension and t.value not in ('', '(other)')
  ) as room
  from (select distinct project_id, day, dimension from places where capped and not known) as c
)
insert into ${totals} as t (project_id, dimension, value, day, n)
select p.project_id, p.dimension, case when p.capped and not p.known and p.place > r.room then '(other)' else p.value end,
       p.day, sum(p.n)
from places p left join room r using (project_id, day, dimension)
group by 1, 2, 3, 4
on conflict (project_id, dimension, value, day) do update set n = t.n + excluded.n
`;
}
