import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an append is given: an array of one of these, which is unnested in a third of the time of an array a column. */
export class RowTypes1764430000000 implements MigrationInterface {
  name = 'RowTypes1764430000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
create type new_event as (
  project_id integer, event_id text, event_type text, event_name text,
  "timestamp" timestamptz, reported_timestamp timestamptz, created_at timestamptz,
  user_id text, session_id text, app_version text, sequence_number integer, priority text,
  duration_ms double precision, provider_name text, properties jsonb, device_info jsonb, key uuid
);
create type new_entry as (
  project_id integer, "timestamp" timestamptz, reported_timestamp timestamptz, created_at timestamptz,
  ip text, method text, path text, status integer, latency_ms double precision, user_agent text
);`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('drop type new_event; drop type new_entry;');
  }
}
