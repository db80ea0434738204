import type { Micros } from '../../../../core/event.js';
import { formatRfc3339 } from '../../../../core/rfc3339.js';
import { rows, type Queryable } from '../../sql.js';
import type { CountedSource } from '../counted-source.js';
import type { Batch } from './batch.js';
import { countedByMinute } from './counted-by-minute.js';
import { tiersOf } from './tiers.js';

/** Adds a batch to the rollups by time; minute buckets before `firstMinute` are left out. After addToTotals. */
export async function addToRollups(
  db: Queryable,
  source: CountedSource,
  batch: Batch,
  firstMinute: Micros,
): Promise<void> {
  const values = [batch.from, batch.to, formatRfc3339(firstMinute)];
  await rows(db, { name: `rollups.${source.name}.add-to-rollups`, text: textOf(source), values });
}

const MEASURES = `count(*) as n, count(*) filter (where failed) as errors, count(duration_ms) as duration_n,
           coalesce(sum(duration_ms), 0) as duration_sum, max(duration_ms) as duration_max`;

// Written in the order in which a question reads: its rows lie in few blocks.
function textOf(source: CountedSource): string {
  const { dimensions } = source;
  return `
with counted as materialized (${countedByMinute(source, dimensions, { measures: MEASURES })}
)
insert into ${source.rollups} as r
  (project_id, dimension, tier, bucket, value, day, n, errors, duration_n, duration_sum, duration_max)
select project_id, dimension, tier, date_bin(width, minute, '1970-01-01Z'), value, day,
       sum(n), sum(errors), sum(duration_n), sum(duration_sum), max(duration_max)
from counted ${tiersOf(dimensions, ({ tiers }) => tiers)}
group by 1, 2, 3, 4, 5, 6
order by tier, dimension collate "C", project_id, 4
on conflict (project_id, dimension, tier, bucket, value, day) do update set
  n = r.n + excluded.n, errors = r.errors + excluded.errors, duration_n = r.duration_n + excluded.duration_n,
  duration_sum = r.duration_sum + excluded.duration_sum, duration_max = greatest(r.duration_max, excluded.duration_max)
`;
}
