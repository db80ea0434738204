import { rows, type Queryable } from '../../sql.js';
import { valueOf, type CountedSource } from '../counted-source.js';
import { countedOf, SUMMED, type Counted } from './counted.js';
import { bucketsOf, looseRecords, pointOf, RUNS, TOLD_APART, topValues } from './window-parts.js';

/** A part of a point's histogram; `bins` and `counts` as PostgreSQL writes an array. */
export interface HistogramPart {
  point: number;
  value: string;
  bins: string;
  counts: string;
}

export interface LatencyParts {
  counted: Counted[];
  histograms: HistogramPart[];
}

/** Durations of a window (see windowValues) by point and group; those with most durations are told apart. */
export async function selectLatency(
  db: Queryable,
  source: CountedSource,
  window: unknown[],
  group: string | null,
): Promise<LatencyParts> {
  const found = await rows<Counted & HistogramPart & { bins: string | null }>(db, {
    name: `stats.${source.name}.latency-${group ?? 'all'}`,
    text: textOf(source, group),
    values: window,
  });
  return {
    counted: found.filter((row) => row.bins === null),
    histograms: found.filter((row) => row.bins !== null),
  };
}

// Histograms come as they are and are added up by the caller: unnesting them here would take three times as long.
function textOf(source: CountedSource, group: string | null): string {
  const value = group === null ? 'value' : TOLD_APART;
  const nothing = 'null::bigint, null::bigint, null::bigint, null::float8, null::float8';
  const binned = `${valueOf(source, group)} as value, sightline_latency_bin(${source.duration}) as bin, count(*) as n`;
  return `
with ${RUNS}, ${countedOf(source, group)}, ${topValues('counted', 'sum(duration_n)')}, binned as (
  ${looseRecords(source, binned, '1, 2, 3', `${source.duration} is not null`)}
)
select point, ${value} as value, ${SUMMED}, null::text as bins, null::text as counts
from counted
where duration_n > 0
group by 1, 2
union all
select ${pointOf('r.bucket')}, ${value}, ${nothing}, r.bins::text, r.counts::text
from ${bucketsOf(source.latency, `dimension = '${group ?? 'all'}'`)}
union all
select point, ${value}, ${nothing}, array_agg(bin)::text, array_agg(n)::text
from binned
group by point, value
order by point, value`;
}
