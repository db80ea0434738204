import * as reader from '../reader/sources.js';
import { quoted } from './pack.js';
import { ACCESS, EVENT, type Kind } from './tables.js';
import { array } from './unpack.js';

/** The records of blocks, with the columns that deltas had, in their order: in no rollup yet. */
export const PENDING = `
create view event_pending as
  select (r ->> 0)::integer as project_id, date '1970-01-01' + (r ->> 1)::integer as day, ${at('r')} as "timestamp",
         r ->> 5 as event_type, r ->> 6 as event_name, r ->> 7 as priority, r ->> 8 as app_version, r ->> 9 as provider_name,
         (r ->> 4)::double precision as duration_ms, r ->> 10 as user_id, r ->> 11 as session_id
  from event_blocks b cross join lateral jsonb_array_elements(b.records::jsonb) with ordinality as u(r, place)
  where b.fresh is null or u.place = any (b.fresh);

create view access_pending as
  select ${at('r')} as "timestamp", (r ->> 4)::double precision as latency_ms, (r ->> 0)::integer as project_id,
         date '1970-01-01' + (r ->> 1)::integer as day, nullif(r ->> 5, '')::smallint as status, r ->> 10 as ip, r ->> 6 as method,
         r ->> 7 as path, r ->> 8 as user_agent
  from access_blocks b cross join lateral jsonb_array_elements(b.records::jsonb) as u(r);
`;

// microseconds are exact in a double
function at(record: string): string {
  return `timestamptz '1970-01-01Z' + (${record} ->> 2)::bigint * interval '1 microsecond'`;
}

/** Reaches of sketches of minutes: as far as the server reads them. */
const MINUTES_OF_SKETCHES = `case when $3 < now() - interval '2 hours' then 15 else 1 end`;
/** The id of the project named $1. */
export const project = 'grafana.project_id($1)';

/** Distinct users and sessions of the last two hours are in sketches of minutes: rows are for an hour further back, which they tell exactly. */
export const EVENTS: reader.Source = {
  ...reader.EVENTS,
  ...packed(EVENT),
  project,
  inRows: `${reader.EVENTS.inRows} and $3 < now() - interval '2 hours'`,
  finestSketch: MINUTES_OF_SKETCHES,
};

export const ENTRIES: reader.Source = { ...reader.ACCESS, ...packed(ACCESS), project };

/** Where counts are with a row for all of a bucket: of a row the one column that is asked for is read. */
function packed({ name, dimensions, timed }: Kind): Pick<reader.Source, 'cells' | 'histograms' | 'deltas'> {
  return {
    cells: `${elements(name, dimensions, '')} cross join lateral (
      select p.bucket, c.cell ->> 0 as value, (c.cell ->> 1)::bigint as n, (c.cell ->> 2)::bigint as errors,
             coalesce((c.cell ->> 3)::bigint, 0) as duration_n, coalesce((c.cell ->> 4)::double precision, 0) as duration_sum,
             (c.cell ->> 5)::double precision as duration_max
    ) as r`,
    histograms: `${elements(name, timed, '_latency')} cross join lateral (select p.bucket, c.cell ->> 0 as value) as r
      cross join lateral unnest(${array('c.cell ->> 1')}::smallint[], ${array('c.cell ->> 2')}::bigint[]) as u(bin, n)`,
    deltas: `${name}_pending`,
  };
}

function elements(name: string, dimensions: readonly string[], suffix: string): string {
  const columns = dimensions.map((dimension) => `when '${dimension}' then b.${quoted(dimension + suffix)}`);
  return `span s cross join run cross join lateral (
      select b.bucket, (case $2 ${columns.join(' ')} end)::jsonb as cells
      from ${name}_rollups b
      where b.project_id = run.project_id and b.tier = run.tier and b.bucket >= run.run_from and b.bucket < run.run_to
      offset 0
    ) as p cross join lateral jsonb_array_elements(p.cells) as c(cell)`;
}
