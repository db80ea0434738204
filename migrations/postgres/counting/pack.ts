import { ACCESS, EVENT, type Kind } from './tables.js';

/** Nobody adds to what is being converted; and the names of the new tables become free. */
export const SET_ASIDE = `
lock table event_deltas, access_deltas, event_rollups, access_rollups, event_latency, access_latency in access exclusive mode;
${[EVENT, ACCESS].map(({ name }) => renameRollups(name, 'by_value')).join('')}`;

/** Makes `event_rollups` `event_rollups_by_value`, with its indexes. */
export function renameRollups(name: Kind['name'], suffix: string): string {
  return ['table', 'index pkey', 'index day']
    .map((each) => each.split(' '))
    .map(([what, part]) => {
      const end = part ? `_${part}` : '';
      return `alter ${what} ${name}_rollups${end} rename to ${name}_rollups_${suffix}${end};\n`;
    })
    .join('');
}

/** A row a value, and one a histogram, become one a bucket. Both are read once, and joined by hash or merge: nothing is looked up by key. */
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
left join (
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

export function quoted(column: string): string {
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
