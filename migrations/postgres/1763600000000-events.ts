import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events, their keys, the rollups and their deltas. What each table is for: docs/decisions/0003-rollups.md. */
export class Events1763600000000 implements MigrationInterface {
  name = 'Events1763600000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

/** Until migration 1764300000000. */
export const EVENT_DELTAS = `\
-- What the rollups need of an event, written in its own transaction and folded into them a few seconds later:
-- no row that all writers would fight over, and rollups + deltas are exact at any moment.
create table event_deltas (
  project_id integer not null,
  -- UTC day of receipt: the partition that the event lies in
  day date not null,
  "timestamp" timestamptz not null,
  event_type text not null,
  event_name text not null,
  priority text not null,
  app_version text,
  provider_name text,
  duration_ms double precision,
  user_id text,
  session_id text
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_insert_threshold = -1);
`;

/** Until migration 1764300000000. */
export const EVENT_ROLLUPS = `\
-- Counts by timestamp, a row per question: dimension 'all' has value ''. tier is the width of a bucket in minutes:
-- 1 (kept 8 days), 15, 60 and 1440, aligned to UTC.
create table event_rollups (
  project_id integer not null,
  dimension text not null,
  tier smallint not null,
  bucket timestamptz not null,
  value text not null,
  day date not null,
  n bigint not null,
  errors bigint not null,
  duration_n bigint not null,
  duration_sum double precision not null,
  duration_max double precision,
  primary key (project_id, dimension, tier, bucket, value, day)
) with (fillfactor = 80);
create index event_rollups_day on event_rollups using brin (day);

-- Histogram of duration_ms: bins[k] was hit counts[k] times; bin i holds (1.02^(i-1), 1.02^i], see src/core/counting/latency-histogram.ts.
-- One row a histogram, not one a bin: a tenth of the rows to write in each compaction and to read for each percentile.
create table event_latency (
  project_id integer not null,
  dimension text not null,
  tier smallint not null,
  bucket timestamptz not null,
  value text not null,
  day date not null,
  bins smallint[] not null,
  counts bigint[] not null,
  primary key (project_id, dimension, tier, bucket, value, day)
);
create index event_latency_day on event_latency using brin (day);
`;

const UP = `
create table projects (
  id integer generated always as identity primary key,
  name text not null unique check (name ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  created_at timestamptz not null default now()
);
insert into projects (name) values ('default');

create table api_keys (
  id uuid primary key default gen_random_uuid(),
  project_id integer not null references projects (id),
  name text not null,
  prefix text not null,
  -- SHA-256 of the key: keys are random and long, so a slow hash would only slow the server down
  digest bytea not null unique,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  rate_limit_per_minute double precision,
  self_rotate boolean not null default false,
  -- the key that took this one's place
  successor_id uuid references api_keys (id),
  usage_count bigint not null default 0,
  last_used_at timestamptz
);

-- One row, raised in the transaction of every change of a key: what a process asks to learn whether its copy is current.
create table api_key_version (version bigint not null);
insert into api_key_version values (0);

create sequence event_ids;

-- The exactly-once effect: a project has each event_id once, whatever its timestamp. Also the way from an event_id to its row.
create table event_keys (
  -- 128 bits of a hash of project and event_id: eventKey in src/storage/postgres/append/append-events.ts
  key uuid primary key,
  id bigint not null default nextval('event_ids'),
  created_at timestamptz not null
);
create index event_keys_created_at on event_keys using brin (created_at);

-- Partitioned by day of receipt: a device's wrong clock makes no partition, and retention drops whole days.
create table events (
  id bigint not null,
  key uuid not null,
  project_id integer not null,
  event_id text not null,
  event_type text not null,
  event_name text not null,
  "timestamp" timestamptz not null,
  reported_timestamp timestamptz,
  created_at timestamptz not null,
  processed_at timestamptz not null default clock_timestamp(),
  user_id text,
  session_id text,
  app_version text,
  sequence_number integer,
  priority text not null,
  duration_ms double precision,
  provider_name text,
  properties jsonb not null,
  device_info jsonb not null
) partition by range (created_at);
create index events_created_at on events (project_id, created_at desc, id desc);
create index events_id on events (project_id, id desc);
create index events_timestamp on events (project_id, "timestamp" desc, id desc);
create index events_user_id on events (project_id, user_id, created_at desc, id desc) where user_id is not null;
create index events_session_id on events (project_id, session_id, created_at desc, id desc) where session_id is not null;
create index events_event_name on events (project_id, event_name, created_at desc, id desc);
create index events_properties on events using gin (properties jsonb_path_ops);

${EVENT_DELTAS}
-- All rows of a project by one dimension, whatever their timestamp. Also the register of the values that are
-- counted one by one (ROLLUP_MAX_NAMES); value '' stands for an event without one.
create table event_totals (
  project_id integer not null,
  dimension text not null,
  value text not null,
  day date not null,
  n bigint not null,
  primary key (project_id, dimension, value, day)
) with (fillfactor = 80);
create index event_totals_day on event_totals (day, project_id, dimension);

${EVENT_ROLLUPS}
-- Distinct users and sessions: sketches as src/core/counting/unique-sketch.ts writes them; tiers 15, 60 and 1440.
create table event_uniques (
  project_id integer not null,
  kind text not null,
  tier smallint not null,
  bucket timestamptz not null,
  day date not null,
  sketch bytea not null,
  primary key (project_id, kind, tier, bucket, day)
);
create index event_uniques_day on event_uniques using brin (day);
-- Hashes do not compress.
alter table event_uniques alter column sketch set storage external;

-- When a job last ran, in whatever process: each runs once in the whole cluster.
create table maintenance_jobs (
  job text primary key,
  ran_at timestamptz not null
);

-- 64 bits of a hash for the sketches. md5, because the server's own hash functions may change between major versions.
create function sightline_hash64(value text) returns bigint
  language sql immutable strict parallel safe
  return ('x' || substr(md5(value), 1, 16))::bit(64)::bigint;

-- Bin of a duration in event_latency; -32768 holds zero, the negative and what is under a microsecond.
create function sightline_latency_bin(ms double precision) returns smallint
  language sql immutable strict parallel safe
  return case when ms < 0.001 then -32768
              else least(ceil(ln(least(ms, 1e300)) / ln(1.02)), 32767) end::smallint;
`;

const DOWN = `
drop function sightline_latency_bin(double precision);
drop function sightline_hash64(text);
drop table maintenance_jobs, event_uniques, event_latency, event_rollups, event_totals, event_deltas, events, event_keys;
drop sequence event_ids;
drop table api_key_version, api_keys, projects;
`;
