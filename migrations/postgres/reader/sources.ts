/** What the functions have to know of a kind of record: constants of SQL. */
export interface Source {
  /** What names begin with: of functions and of tables. */
  name: 'event' | 'access';
  records: string;
  /** For `from …`: cells of dimension $2 in the stretches to read, as `r` (bucket, value, n, errors, duration_n, duration_sum, duration_max). */
  cells: string;
  /** The same of histograms: `r` (bucket, value), `u` (bin, n). */
  histograms: string;
  /** Where the records are that are not in the rollups yet. */
  deltas: string;
  /** The id of the project named $1; null where there is none. */
  project: string;
  /** The value of a delta in dimension $2; '' where it has none. */
  value: string;
  /** Dimensions that are counted by hour and day only. */
  byHour: string;
  /** A condition on a delta. */
  error: string;
  duration: string;
  /** The column of a delta or row that kind $2 counts once. */
  unique: string;
  /** A condition on a window, whose things are counted in the rows then; null where not every record has one. */
  inRows: string | null;
  /** Tiers of the sketches, without minutes. */
  sketchTiers: string;
  /** Finest tier of the sketches for a window that begins at $3. */
  finestSketch: string;
}

const PROJECT = '(select p.id from projects p where p.name = $1)';

export const EVENTS: Source = {
  name: 'event',
  records: 'events',
  ...byValue('event'),
  project: PROJECT,
  value: `case $2 when 'all' then '' when 'event_type' then d.event_type when 'event_name' then d.event_name
                    when 'priority' then d.priority when 'app_version' then coalesce(d.app_version, '')
                    when 'provider_name' then coalesce(d.provider_name, '') end`,
  byHour: 'false',
  error: `d.event_type = 'error'`,
  duration: 'd.duration_ms',
  unique: `case $2 when 'user' then d.user_id when 'session' then d.session_id end`,
  inRows: `$5 is null and $4 - $3 <= interval '1 hour'`,
  sketchTiers: '{15,60,1440}',
  finestSketch: '15',
};

export const ACCESS: Source = {
  name: 'access',
  records: 'access_logs',
  ...byValue('access'),
  project: PROJECT,
  value: `case $2 when 'all' then '' when 'status' then coalesce(d.status::text, '') when 'method' then coalesce(d.method, '')
                    when 'path' then ${countable('d.path')}
                    when 'user_agent' then ${countable('d.user_agent')} when 'ip' then coalesce(d.ip, '') end`,
  byHour: `$2 in ('path', 'user_agent', 'ip')`,
  error: 'd.status >= 400',
  duration: 'd.latency_ms',
  unique: `case $2 when 'ip' then d.ip end`,
  inRows: null,
  sketchTiers: '{15,60,360,1440}',
  finestSketch: `case when $3 < now() - interval '2 hours' then 15 else 1 end`,
};

// More fits into no key: compaction does the same.
function countable(column: string): string {
  return `case when octet_length(${column}) > 2000 then '(other)' else coalesce(${column}, '') end`;
}

/** Where counts are in a store with a row for each value of a bucket, for each histogram and for each record: until migration 1764300000000. */
function byValue(name: Source['name']): Pick<Source, 'cells' | 'histograms' | 'deltas'> {
  return {
    cells: bucketsOf(`${name}_rollups`, 'b.dimension = $2'),
    histograms: `${bucketsOf(`${name}_latency`, 'b.dimension = $2')} cross join lateral unnest(r.bins, r.counts) as u(bin, n)`,
    deltas: `${name}_deltas`,
  };
}

/** Parameters of every function that answers for a window; $1 to $5. */
export const PARAMETERS =
  'project text, counted text, from_at timestamptz, to_at timestamptz, interval_ms bigint default null';
export const PARAMETER_TYPES = 'text, text, timestamptz, timestamptz, bigint';

/**
 * What such a function begins with: `run`, the stretches of buckets to read; `span`, all of them, with the project and the step;
 * `point`, where the points of its series begin.
 */
export function spanOf({ project }: Source, finest: string, tiers: string): string {
  return `
  with asked as materialized (
    select ${project} as project_id, grafana.step($5, ${finest}) as step, ${finest} as finest
  ), run as materialized (
    select r.tier::smallint as tier, r.run_from, r.run_to, a.project_id
    from asked a cross join lateral grafana.runs($3, $4, array(select t from unnest(${tiers}) as u(t) where t >= a.finest), a.step) as r
  ), span as materialized (
    select a.project_id, a.step, (select min(run_from) from run) as from_at, (select max(run_to) from run) as to_at from asked a
  ), point as materialized (
    select g as at from span s cross join lateral generate_series(
      s.from_at, s.to_at - interval '1 microsecond', coalesce(make_interval(mins => s.step), s.to_at - s.from_at)) as g
  )`;
}

/** The point that a time belongs to. */
export function pointOf(at: string): string {
  return `case when s.step is null then s.from_at else grafana.floor_to(${at}, s.step) end`;
}

/** For `from …`: the buckets (`r`) of a table of rollups, those where `which` holds. */
export function bucketsOf(table: string, which: string): string {
  // offset 0 keeps the subquery whole: a run is looked up in the index, whatever the planner thinks of many runs
  return `span s cross join run cross join lateral (
      select * from ${table} b
      where b.project_id = run.project_id and ${which} and b.tier = run.tier and b.bucket >= run.run_from and b.bucket < run.run_to
      offset 0
    ) as r`;
}

/** For `from …`: the deltas (`d`) that are not in the rollups yet. */
export function deltasOf({ deltas }: Source): string {
  return `span s join ${deltas} d
      on d.project_id = s.project_id and d."timestamp" >= s.from_at and d."timestamp" < s.to_at`;
}
