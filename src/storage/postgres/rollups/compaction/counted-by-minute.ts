import { quoted, type CountedSource, type Dimension } from '../counted-source.js';
import { IN_BATCH } from './batch.js';
import { oneByOne } from './one-by-one.js';

interface Aggregation {
  /** Aggregates over `duration_ms` and `failed`, each with a name. */
  measures: string;
  /** Which deltas. */
  where?: string;
  /** By what else: the bin of the duration. */
  key?: 'bin';
}

/**
 * A batch's deltas by project, day, minute and, one at a time, all of these dimensions and 'all', aggregated; a value that the
 * totals have no room for is '(other)'.
 * First by minute, then to the tiers: ten thousand deltas of one minute are one row before they are four.
 */
export function countedByMinute(
  source: CountedSource,
  dimensions: readonly Dimension[],
  { measures, where = 'true', key }: Aggregation,
): string {
  const by = key ? `, ${key}` : '';
  const bin = key ? `, sightline_latency_bin(${source.duration}) as ${key}` : '';
  const { dimension, value, sets } = oneByOne(dimensions.map(({ name }) => name));
  const capped = dimensions.filter((one) => one.capped).map(({ name }) => name);
  return `
  select project_id, day, minute, dimension${by},
         case when dimension in (${quoted(capped)}) and m.value <> '' and not exists (
                select from ${source.totals} t
                where t.project_id = m.project_id and t.dimension = m.dimension and t.value = m.value and t.day = m.day)
              then '(other)' else m.value end as value, ${aliases(measures)}
  from (
    select project_id, day, minute${by},
           ${dimension} as dimension, ${value} as value,
           ${measures}
    from (
      select project_id, day, date_bin('1 minute', "timestamp", '1970-01-01Z') as minute,
             ${dimensions.map((one) => `${one.value} as ${one.name}`).join(', ')},
             ${source.duration} as duration_ms, ${source.error} as failed${bin}
      from ${source.deltas} d
      where ${IN_BATCH} and ${where}
    ) as deltas
    group by project_id, day, minute${by}, ${sets}
  ) as m`;
}

function aliases(measures: string): string {
  return [...measures.matchAll(/ as (\w+)/g)].map((match) => match[1]).join(', ');
}
