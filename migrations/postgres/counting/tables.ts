/** How records are counted, as it was when this migration was written: constants of SQL. */
export interface Kind {
  /** What the names of its tables begin with. */
  name: 'event' | 'access';
  dimensions: readonly string[];
  /** Those that have histograms of durations. */
  timed: readonly string[];
}

export const EVENT: Kind = {
  name: 'event',
  dimensions: ['all', 'event_type', 'event_name', 'priority', 'app_version', 'provider_name'],
  timed: ['all', 'event_type', 'event_name', 'priority', 'app_version'],
};

export const ACCESS: Kind = {
  name: 'access',
  dimensions: ['all', 'status', 'method', 'path', 'user_agent', 'ip'],
  timed: ['all', 'path'],
};

// A row a flush, gone within seconds: the visibility map and statistics of it are worth nothing, its dead rows are all of it.
const FEW_AND_SHORT_LIVED = `with (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_insert_threshold = -1,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 20000, toast.autovacuum_vacuum_insert_threshold = -1)`;

/** Blocks and packed rollups. What each is for: docs/decisions/0003-rollups.md. */
export const TABLES = `
-- What the rollups need of the records of one flush, written in its own transaction and counted a few seconds later. records: an
-- array of [project, UTC day of receipt (days since 1970), timestamp in microseconds since 1970, 1 for an error, duration in ms or
-- null, value of each dimension but all ('' without one), what of it is counted once (null without one) ...].
create table event_blocks (
  id bigint generated always as identity primary key,
  stored_at timestamptz not null default clock_timestamp(),
  -- records that count
  size integer not null,
  records json not null,
  -- Positions, from 1, of the records that were new; null where all of them were. The others are stored, and counted, already.
  fresh integer[]
) ${FEW_AND_SHORT_LIVED};

create table access_blocks (
  id bigint generated always as identity primary key,
  stored_at timestamptz not null default clock_timestamp(),
  size integer not null,
  records json not null
) ${FEW_AND_SHORT_LIVED};

-- Not worth compressing for seconds.
alter table event_blocks alter column records set storage external;
alter table access_blocks alter column records set storage external;

-- Counts by timestamp: a row has a bucket of a project in all dimensions, or a part of it: the cells of its rows add up. tier is the width of a bucket in minutes: 1 (kept 8 days), 15,
-- 60 and 1440, aligned to UTC; day is the UTC day of receipt, by which retention removes. A dimension is an array of
-- [value, n, errors, timed, sum of ms, greatest ms], the last three left out where nothing was timed, null without cells; its histogram
-- one of [value, [bin ...], [hits ...]]: bin i holds (1.02^(i-1), 1.02^i] ms, see src/core/counting/latency-histogram.ts.
create table event_rollups (
  project_id integer not null,
  tier smallint not null,
  bucket timestamptz not null,
  day date not null,
  part smallint not null default 0,
  "all" json,
  event_type json,
  event_name json,
  priority json,
  app_version json,
  provider_name json,
  all_latency json,
  event_type_latency json,
  event_name_latency json,
  priority_latency json,
  app_version_latency json,
  primary key (project_id, tier, bucket, day, part)
);
create index event_rollups_day on event_rollups using brin (day);

-- Dimensions path, user_agent and ip are in tiers 60 and 1440 alone.
create table access_rollups (
  project_id integer not null,
  tier smallint not null,
  bucket timestamptz not null,
  day date not null,
  part smallint not null default 0,
  "all" json,
  status json,
  method json,
  path json,
  user_agent json,
  ip json,
  all_latency json,
  path_latency json,
  primary key (project_id, tier, bucket, day, part)
);
create index access_rollups_day on access_rollups using brin (day);

-- Who was seen with each value of a dimension in a range of time that is over: users or sessions, exactly, in what form see
-- src/core/counting/seen-by-value.ts. Made by the first question for it, and gone when a record of that time is counted or removed
-- or nobody asks any more: it can be made again from the rows at any time.
create table event_seen (
  id bigint generated always as identity primary key,
  project_id integer not null,
  kind text not null,
  dimension text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  used_at timestamptz not null default clock_timestamp(),
  -- base64; null while the rows are read
  seen text,
  unique (project_id, from_at, to_at, kind, dimension),
  check (to_at - from_at <= interval '2 days')
);
-- Hashes cannot be compressed.
alter table event_seen alter column seen set storage external;

-- Half the time of pglz; a server may be built without it.
do $$
declare cells record;
begin
  if exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)) then
    for cells in select attrelid::regclass as packed, attname from pg_attribute
      where attrelid in ('event_rollups'::regclass, 'access_rollups'::regclass) and atttypid = 'json'::regtype
    loop
      execute format('alter table %s alter column %I set compression lz4', cells.packed, cells.attname);
    end loop;
  end if;
end $$;
`;
