import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Access entries, their rollups and deltas, and the addresses that they came from. As the events' tables where nothing else is said. */
export class AccessLogs1763700000000 implements MigrationInterface {
  name = 'AccessLogs1763700000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
    await db.query(pathIndex(await trigramSchema(db)));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

/** The schema, quoted, that pg_trgm is in: it is made where it is missing. @throws Error that says what to do where it cannot be made. */
export async function trigramSchema(db: QueryRunner): Promise<string> {
  try {
    await db.query('create extension if not exists pg_trgm');
  } catch (error) {
    throw new Error(
      `the extension pg_trgm, which GET /logs?path= needs, cannot be made (${(error as Error).message}): ` +
        'install it (the package postgresql-contrib on some systems), then give the user of the database the right CREATE ' +
        'on the database, or run "create extension pg_trgm" there as a superuser',
      { cause: error },
    );
  }
  const [{ schema }] = (await db.query(TRIGRAM_SCHEMA)) as { schema: string }[];
  return schema;
}

export const TRIGRAM_SCHEMA = `select quote_ident(nspname) as schema
  from pg_extension join pg_namespace on pg_namespace.oid = extnamespace where extname = 'pg_trgm'`;

/** Until migration 1764300000000. */
export const ACCESS_DELTAS = `\
-- What the rollups need of an entry: written in its own transaction, also for entries whose row is not kept
-- (ACCESS_LOG_KEEP=errors), and folded into them a few seconds later.
create table access_deltas (
  "timestamp" timestamptz not null,
  latency_ms double precision,
  project_id integer not null,
  -- UTC day of receipt: the partition that the entry lies in
  day date not null,
  status smallint,
  ip text collate "C",
  method text collate "C",
  path text,
  user_agent text
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
        autovacuum_vacuum_insert_threshold = -1);
`;

/** Until migration 1764300000000. */
export const ACCESS_ROLLUPS = `\
-- Counts by timestamp: dimensions all, status and method in tiers 1, 15, 60 and 1440; path and user_agent in 60 and 1440.
create table access_rollups (
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
create index access_rollups_day on access_rollups using brin (day);

-- Histograms of latency_ms; dimension all.
create table access_latency (
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
create index access_latency_day on access_latency using brin (day);
`;

const UP = `
create sequence access_ids;

-- Partitioned by day of receipt. ip is the canonical text and not inet: two spellings of one address are made one before they come
-- here, what goes out is what came in (inet writes ::102:304 as ::1.2.3.4), and the databases that may hold this table agree;
-- inet would save 7 bytes a row. Wide columns first: no padding.
create table access_logs (
  id bigint not null,
  "timestamp" timestamptz not null,
  reported_timestamp timestamptz,
  created_at timestamptz not null,
  latency_ms double precision,
  project_id integer not null,
  status smallint,
  ip text collate "C",
  method text collate "C",
  path text,
  user_agent text
) partition by range (created_at);
create index access_logs_timestamp on access_logs (project_id, "timestamp" desc, id desc);
create index access_logs_ip on access_logs (project_id, ip, "timestamp" desc, id desc) where ip is not null;
create index access_logs_status on access_logs (project_id, status, "timestamp" desc, id desc) where status is not null;
create index access_logs_method on access_logs (project_id, method, "timestamp" desc, id desc) where method is not null;

-- A path as the trigram index has it. Trigrams are made of letters and digits, everything else parts words: with letters in the place
-- of what paths are made of beside those, every part of three characters is found by them, also ../ or %2F. And nothing is left in it
-- that means something in a pattern of like.
create function sightline_path_words(path text) returns text
  language sql immutable strict parallel safe
  return translate(path, '/-_.%?=&\\', 'qzxjwkvyj');

${ACCESS_DELTAS}
-- All entries of a project by one dimension, and the register of the values that are counted one by one. A value of more than
-- 2,000 bytes (a path has up to 2,048 characters) fits into no key and is '(other)', here and in access_rollups.
create table access_totals (
  project_id integer not null,
  dimension text not null,
  value text not null,
  day date not null,
  n bigint not null,
  primary key (project_id, dimension, value, day)
) with (fillfactor = 80);
create index access_totals_day on access_totals (day, project_id, dimension);

${ACCESS_ROLLUPS}
-- Distinct addresses (kind ip); tiers 1 (kept for some hours), 15, 60 and 1440.
create table access_uniques (
  project_id integer not null,
  kind text not null,
  tier smallint not null,
  bucket timestamptz not null,
  day date not null,
  sketch bytea not null,
  primary key (project_id, kind, tier, bucket, day)
);
create index access_uniques_day on access_uniques using brin (day);
alter table access_uniques alter column sketch set storage external;

-- The hours that have entries. revision is raised whenever what is counted of one changes: the archive writes it again.
create table access_hours (
  project_id integer not null,
  hour timestamptz not null,
  revision bigint not null,
  primary key (project_id, hour)
) with (fillfactor = 80);

-- Every address that entries came from, with the UTC days on which it was first and last noted. Only the first entry of an address
-- a day and process comes here: the others find it in memory. No index on last_seen: it would be written with each of those
-- updates, for a job that reads the table once a day.
create table ip_addresses (
  project_id integer not null,
  ip text collate "C" not null,
  first_seen date not null,
  last_seen date not null,
  primary key (project_id, ip)
) with (fillfactor = 90);

-- How many addresses there are: the sum over slots. Each process counts in slots that it alone writes, so that none waits for
-- another; what was forgotten (IP_TTL_DAYS) is subtracted in a slot of its own. Names begin with what is counted: exact/ or approximate/.
create table ip_counts (
  project_id integer not null,
  slot text not null,
  n bigint not null,
  primary key (project_id, slot)
) with (fillfactor = 50);

-- UNIQUE_IPS=approximate: the registers of a HyperLogLog in place of ip_addresses, see src/core/addresses/address-sketch.ts.
create table ip_registers (
  project_id integer not null,
  register integer not null,
  rank smallint not null,
  primary key (project_id, register)
) with (fillfactor = 80);

-- What requests with an Idempotency-Key were answered, until a day later.
create table access_answers (
  project_id integer not null,
  key bytea not null,
  body_digest bytea not null,
  -- json, not jsonb: a repeat is answered byte for byte as the first. Null only inside the transaction that stores the entries.
  answer json,
  expires_at timestamptz not null,
  primary key (project_id, key)
);
create index access_answers_expires_at on access_answers (expires_at);

-- As before for every duration; but not strict, so that its expression takes the place of the call, which cost 3 µs.
create or replace function sightline_latency_bin(ms double precision) returns smallint
  language sql immutable parallel safe
  return case when ms < 0.001 then -32768
              when ms is not null then least(ceil(ln(least(ms, 1e300)) / ln(1.02)), 32767) end::smallint;
`;

/** For parts of paths, until migration 1764250000000. A page looks through what is not merged into the index yet, one after the other: a quarter of the usual. */
export function pathIndex(schema: string): string {
  return `create index access_logs_path on access_logs using gin (sightline_path_words(path) ${schema}.gin_trgm_ops)
    with (gin_pending_list_limit = 1024)`;
}

// Others may use the extension too: then it stays.
const DOWN = `
drop table access_answers, ip_registers, ip_counts, ip_addresses, access_hours, access_uniques, access_latency, access_rollups,
  access_totals, access_deltas, access_logs;
drop function sightline_path_words(text);
drop sequence access_ids;
create or replace function sightline_latency_bin(ms double precision) returns smallint
  language sql immutable strict parallel safe
  return case when ms < 0.001 then -32768
              else least(ceil(ln(least(ms, 1e300)) / ln(1.02)), 32767) end::smallint;
do $$ begin
  drop extension pg_trgm;
exception when dependent_objects_still_exist or insufficient_privilege then
  null;
end $$;
`;
