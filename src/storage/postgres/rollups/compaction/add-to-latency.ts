import type { Micros } from '../../../../core/event.js';
import { formatRfc3339 } from '../../../../core/rfc3339.js';
import { rows, type Queryable } from '../../sql.js';
import { cappedOf, type CountedSource } from '../counted-source.js';
import type { Batch } from './batch.js';
import { countedByMinute, valueToldApart } from './counted-by-minute.js';
import { registerOf } from './register.js';
import { tiersOf } from './tiers.js';

/** Adds a batch's durations to the histograms; minute buckets before `firstMinute` are left out. After addToRollups. */
export async function addToLatency(
  db: Queryable,
  source: CountedSource,
  batch: Batch,
  firstMinute: Micros,
): Promise<void> {
  const values = [batch.from, batch.to, formatRfc3339(firstMinute)];
  await rows(db, { name: `rollups.${source.name}.add-to-latency`, text: textOf(source), values });
}

function textOf(source: CountedSource): string {
  const timed = source.dimensions.filter(({ latencyTiers }) => latencyTiers.length > 0);
  const counted = countedByMinute(source, timed, {
    measures: 'count(*) as n',
    where: `${source.duration} is not null`,
    key: 'bin',
  });
  return `
with ${registerOf(source)}, counted as materialized (${counted}
), told as (
  select c.project_id, c.day, c.minute, c.dimension, c.bin, ${valueToldApart(cappedOf(source), 'c', 'r')} as value, c.n
  from counted c
  left join register r on r.project_id = c.project_id and r.day = c.day and r.dimension = c.dimension and r.value = c.value
), binned as (
  select project_id, dimension, tier, date_bin(width, minute, '1970-01-01Z') as bucket, value, day, bin, sum(n)::bigint as n
  from told ${tiersOf(timed, ({ latencyTiers }) => latencyTiers)}
  group by 1, 2, 3, 4, 5, 6, 7
)
insert into ${source.latency} as l (project_id, dimension, tier, bucket, value, day, bins, counts)
select project_id, dimension, tier, bucket, value, day, array_agg(bin), array_agg(n)
from binned
group by 1, 2, 3, 4, 5, 6
order by tier, dimension collate "C", project_id, bucket
on conflict (project_id, dimension, tier, bucket, value, day) do update set (bins, counts) = (
  select array_agg(bin), array_agg(n)
  from (
    select bin, sum(n)::bigint as n
    from unnest(l.bins || excluded.bins, l.counts || excluded.counts) as both_of(bin, n)
    group by bin
  ) as merged
)
`;
}
