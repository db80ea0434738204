import { ACCESS, EVENT, type Kind } from './tables.js';

/** Nobody adds to what is being converted; and the names of the new tables become free. */
export const SET_ASIDE = setAside('by_value', 'event_deltas, access_deltas, event_latency, access_latency');

function setAside(suffix: string, others: string): string {
  return `
lock table ${others}, event_rollups, access_rollups in access exclusive mode;
${[EVENT, ACCESS].map(({ name }) => rename(`${name}_rollups`, suffix)).join('')}`;
}

function rename(table: string, suffix: string): string {
  return `
alter table ${table} rename to ${table}_${suffix};
alter index ${table}_pkey rename to ${table}_${suffix}_pkey;
alter index ${table}_day rename to ${table}_${suffix}_day;`;
}

/** A row a value, and one a histogram, become one a bucket. Both are read once, and put side by side by hash or merge. */
export function pack({ name, dimensions, timed }: Kind): string {
  const counts = dimensions.map((dimension) => arrayOf(dimension, CELL, dimension));
  const histograms = timed.map((dimension) => arrayOf(dimension, HISTOGRAM, `${dimension}_latency`));
  return `
insert into ${name}_rollups (${[...KEY, ...dimensions.map(quoted), ...timed.map((each) => `${each}_latency`)].join(', ')})
select ${[...KEY, ...dimensions.map(quoted), ...timed.map((each) => `${each}_latency`)].join(', ')}
from (
  select ${KEY.join(', ')}, ${counts.join(',\n    ')}
  from ${name}_rollups_by_value group by ${KEY.join(', ')}
) as counts
full join (
  select ${KEY.join(', ')}, ${histograms.join(',\n    ')}
  from ${name}_latency group by ${KEY.join(', ')}
) as histograms using (${KEY.join(', ')});
`;
}

const KEY = ['project_id', 'tier', 'bucket', 'day'];
const CELL = `case when duration_n = 0 then json_build_array(value, n, errors)
      else json_build_array(value, n, errors, duration_n, duration_sum, duration_max) end`;
const HISTOGRAM = 'json_build_array(value, bins, counts)';

function arrayOf(dimension: string, cell: string, column: string): string {
  return `json_agg(${cell}) filter (where dimension = '${dimension}') as ${quoted(column)}`;
}

function quoted(column: string): string {
  return column === 'all' ? '"all"' : column;
}

const BLOCK_RECORDS = 5000;
const MICROS = `(extract(epoch from "timestamp") * 1000000)::bigint`;
const DAY = `day - date '1970-01-01'`;

/** What is in no rollup yet goes into blocks, in the order in which it came. */
export const DELTAS_TO_BLOCKS = [
  block(
    EVENT,
    `json_build_array(project_id, ${DAY}, ${MICROS}, case when event_type = 'error' then 1 else 0 end, duration_ms, event_type,
    event_name, priority, coalesce(app_version, ''), coalesce(provider_name, ''), user_id, session_id)`,
  ),
  block(
    ACCESS,
    `json_build_array(project_id, ${DAY}, ${MICROS}, case when status >= 400 then 1 else 0 end, latency_ms, coalesce(status::text, ''),
    coalesce(method, ''), ${countable('path')}, ${countable('user_agent')}, coalesce(ip, ''), ip)`,
  ),
].join('');

function block({ name }: Kind, record: string): string {
  return `
insert into ${name}_blocks (size, records)
select count(*), json_agg(${record} order by place)
from (select *, row_number() over () as place from ${name}_deltas) as d
group by (place - 1) / ${BLOCK_RECORDS}
order by (place - 1) / ${BLOCK_RECORDS};
`;
}

function countable(column: string): string {
  return `case when octet_length(${column}) > 2000 then '(other)' else coalesce(${column}, '') end`;
}
