import type { Micros } from '../../../../core/event.js';
import { formatRfc3339 } from '../../../../core/rfc3339.js';
import { rows, type Queryable } from '../../sql.js';
import type { Batch } from './batch.js';
import { countedByMinute } from './counted-by-minute.js';

/** Adds a batch's durations to event_latency; minute buckets before `firstMinute` are left out. After addToTotals. */
export async function addToLatency(db: Queryable, batch: Batch, firstMinute: Micros): Promise<void> {
  const values = [batch.from, batch.to, formatRfc3339(firstMinute)];
  await rows(db, { name: 'rollups.add-to-latency', text: ADD_TO_LATENCY, values });
}

const ADD_TO_LATENCY = `
with counted as materialized (${countedByMinute('count(*) as n', 'duration_ms is not null', 'bin')}
), binned as (
  select project_id, dimension, tier, date_bin(width, minute, '1970-01-01Z') as bucket, value, day, bin, sum(n)::bigint as n
  from counted
  cross join (values (1, interval '1 minute'), (15, '15 minutes'), (60, '60 minutes'), (1440, '1440 minutes')) as t(tier, width)
  where tier > 1 or minute >= $3::timestamptz
  group by 1, 2, 3, 4, 5, 6, 7
)
insert into event_latency as l (project_id, dimension, tier, bucket, value, day, bins, counts)
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
