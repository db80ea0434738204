import type { Group } from '../../../../core/event-stats.js';
import { rows, type Queryable } from '../../sql.js';
import { countedOf, SUMMED, type Counted } from './counted.js';
import {
  bucketsOf,
  DELTAS_OF_BUCKETS,
  pointOf,
  ROWS_OF_ENDS,
  RUNS,
  TOLD_APART,
  topValues,
  valueOf,
} from './sources.js';

/** A part of a point's histogram; `bins` and `counts` as PostgreSQL writes an array. */
export interface HistogramPart {
  point: number;
  value: string;
  bins: string;
  counts: string;
}

/** Durations of a window (see windowValues) by point and group; those with most durations are told apart. */
export async function selectLatency(
  db: Queryable,
  window: unknown[],
  group: Group | null,
): Promise<{ counted: Counted[]; histograms: HistogramPart[] }> {
  const found = await rows<Counted & HistogramPart & { bins: string | null }>(db, {
    name: `stats.latency-${group ?? 'all'}`,
    text: selectOf(group),
    values: window,
  });
  return {
    counted: found.filter((row) => row.bins === null),
    histograms: found.filter((row) => row.bins !== null),
  };
}

// Histograms come as they are and are added up by the caller: unnesting them here would take three times as long.
function selectOf(group: Group | null): string {
  const value = group === null ? 'value' : TOLD_APART;
  const nothing = 'null::bigint, null::bigint, null::bigint, null::float8, null::float8';
  return `
with ${RUNS}, ${countedOf(group)}, ${topValues('counted', 'sum(duration_n)')},
${binned('deltas', group, 'd', `event_deltas d where ${DELTAS_OF_BUCKETS} and`)},
${binned('ends', group, 'e', `${ROWS_OF_ENDS} where`)}
select point, ${value} as value, ${SUMMED}, null::text as bins, null::text as counts
from counted
where duration_n > 0
group by 1, 2
union all
select ${pointOf('r.bucket')}, ${value}, ${nothing}, r.bins::text, r.counts::text
from ${bucketsOf('event_latency', group ?? 'all')}
union all
select point, ${value}, ${nothing}, array_agg(bin)::text, array_agg(n)::text
from (select * from deltas union all select * from ends) as binned
group by point, value
order by point, value`;
}

function binned(name: string, group: Group | null, alias: 'd' | 'e', from: string): string {
  return `${name} as (
  select ${pointOf(`${alias}."timestamp"`)} as point, ${valueOf(group, alias)} as value, sightline_latency_bin(${alias}.duration_ms) as bin, count(*) as n
  from ${from} ${alias}.duration_ms is not null
  group by 1, 2, 3
)`;
}
