import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What changed of keys, by version; pages of keys; the audit log. */
export class Accounts1764000000000 implements MigrationInterface {
  name = 'Accounts1764000000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const UP = `
-- The latest changes of keys, sessions and projects, each under the version that it made: a process reads those since the version
-- that it knows. With 6,000 keys, reading all of them at each change made a log-in take 97 ms.
create table key_changes (
  version bigint primary key,
  -- After a restored backup the same versions come again, with other changes and other stamps.
  stamp uuid not null default gen_random_uuid(),
  keys uuid[] not null default '{}',
  sessions bytea[] not null default '{}',
  projects integer[] not null default '{}'
);

-- The order of GET /api/v1/keys.
create index api_keys_created_at on api_keys (created_at, id);
create index api_keys_project_id on api_keys (project_id, created_at, id);

-- Who changed what, from where. Written in the transaction of the change; refusals are written in the background, folded.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  action text not null,
  outcome text not null check (outcome in ('success', 'refused')),
  actor text not null check (actor in ('key', 'cli', 'server', 'anonymous')),
  -- As they were: a key may be gone with its project.
  actor_key_id uuid,
  actor_name text,
  actor_prefix text,
  address text,
  project text,
  target text,
  details jsonb not null default '{}'
);
create index audit_log_at on audit_log (at, id);
`;

const DOWN = `
drop table audit_log;
drop index api_keys_project_id, api_keys_created_at;
drop table key_changes;
`;
