import { quoted, type CountedSource, type Dimension } from '../counted-source.js';
import { IN_BATCH } from './batch.js';

interface Aggregation {
  /** Aggregates over `duration_ms` and `failed`, each with a name. */
  measures: string;
  /** Which deltas. */
  where?: string;
  /** By what else: the bin of the duration. */
  key?: 'bin';
}

/**
 * A batch's deltas by project, day, minute and, one at a time, all of these dimensions and 'all', aggregated; the minute of what is
 * counted by hours only is the hour's first. First by minute, then to the tiers: ten thousand deltas of one minute are one row before
 * they are four.
 */
export function countedByMinute(
  source: CountedSource,
  dimensions: readonly Dimension[],
  { measures, where = 'true', key }: Aggregation,
): string {
  const by = key ? `, ${key}` : '';
  const bin = key ? `, sightline_latency_bin(${source.duration}) as ${key}` : '';
  const named = dimensions.map(({ name, value }) => `${value} as ${name}`).join(', ');
  const start = dimensions.some(isByHour)
    ? 'case when grouping(minute) = 0 then minute else hour end'
    : 'minute';
  const sets = dimensions.map(
    (one) => `(project_id, day, ${isByHour(one) ? 'hour' : 'minute'}${by}, ${one.name})`,
  );
  return `
  select project_id, day, ${start} as minute${by},
         ${told(dimensions, ({ name }) => `'${name}'`, `'all'`)} as dimension,
         ${told(dimensions, ({ name }) => name, `''`)} as value,
         ${measures}
  from (
    select project_id, day, ${binned('1 minute')} as minute, ${binned('1 hour')} as hour, ${named},
           ${source.duration} as duration_ms, ${source.error} as failed${bin}
    from ${source.deltas} d
    where ${IN_BATCH} and ${where}
  ) as deltas
  group by grouping sets ((project_id, day, minute${by}), ${sets.join(', ')})`;
}

function isByHour({ tiers }: Dimension): boolean {
  return Math.min(...tiers) >= 60;
}

function binned(width: string): string {
  return `date_bin('${width}', "timestamp", '1970-01-01Z')`;
}

function told(dimensions: readonly Dimension[], then: (one: Dimension) => string, none: string): string {
  const cases = dimensions.map((one) => `when grouping(${one.name}) = 0 then ${then(one)}`);
  return `case ${cases.join(' ')} else ${none} end`;
}

/**
 * The value that one of `table` is counted under: '(other)' for one that `known`, joined to it by project, day, dimension and value,
 * does not have, where its dimension has room for so many only.
 */
export function valueToldApart(capped: readonly string[], table: string, known: string): string {
  return `case when ${table}.dimension in (${quoted(capped)}) and ${table}.value <> '' and ${known}.day is null
              then '(other)' else ${table}.value end`;
}
