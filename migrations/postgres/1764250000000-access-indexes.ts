import type { MigrationInterface, QueryRunner } from 'typeorm';
import { pathIndex, TRIGRAM_SCHEMA, trigramSchema } from './1763700000000-access-logs.js';

/**
 * Four indexes on the rows of `access_logs`, two of them small, in the place of five; what each is for and what it costs: docs/decisions/0024-indexes-of-rows.md.
 * They are built for every partition, and appends wait for that: about a minute for ten million entries.
 */
export class AccessIndexes1764250000000 implements MigrationInterface {
  name = 'AccessIndexes1764250000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
    await db.query(valueIndex(await trigramSchema(db)));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const UP = `
-- The terms of an entry, each as sightline_term gives it.
create function sightline_access_terms(project integer, ip text, status smallint, method text) returns integer[]
  language sql immutable parallel safe
  return array[
    (hashtextextended(ip, project::bigint * 8 + 1) >> 32)::integer,
    (hashtextextended(status::text, project::bigint * 8 + 2) >> 32)::integer,
    (hashtextextended(method, project::bigint * 8 + 3) >> 32)::integer];

drop index access_logs_timestamp, access_logs_ip, access_logs_status, access_logs_method, access_logs_path;

-- Ascending and without the id, as those of events.
create index access_logs_timestamp on access_logs (project_id, "timestamp");
-- What most entries have is found by walking that one; all else in its own order, however rare or long ago.
create index access_logs_status on access_logs (project_id, status, "timestamp") where status <> 200;
create index access_logs_method on access_logs (project_id, method, "timestamp") where method <> 'GET';
`;

function valueIndex(schema: string): string {
  return `
create index access_logs_values on access_logs
  using gin (sightline_path_words(path) ${schema}.gin_trgm_ops, sightline_access_terms(project_id, ip, status, method))`;
}

const DOWN = `
drop index access_logs_values, access_logs_method, access_logs_status, access_logs_timestamp;
create index access_logs_timestamp on access_logs (project_id, "timestamp" desc, id desc);
create index access_logs_ip on access_logs (project_id, ip, "timestamp" desc, id desc) where ip is not null;
create index access_logs_status on access_logs (project_id, status, "timestamp" desc, id desc) where status is not null;
create index access_logs_method on access_logs (project_id, method, "timestamp" desc, id desc) where method is not null;
drop function sightline_access_terms(integer, text, smallint, text);
-- The schema is asked for within: what a \`down\` loses is told from its statements, before any of them is run.
do $$ begin execute format('${pathIndex('%s')}', (${TRIGRAM_SCHEMA})); end $$;
`;
