import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions of the dashboard. */
export class Sessions1763800000000 implements MigrationInterface {
  name = 'Sessions1763800000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const UP = `
-- Who logged in to the dashboard with a key. Read by every process together with the keys; a change raises api_key_version.
create table sessions (
  -- SHA-256 of the cookie's token, which is kept nowhere
  digest bytea primary key,
  key_id uuid not null references api_keys (id) on delete cascade,
  expires_at timestamptz not null
);
create index sessions_key_id on sessions (key_id, expires_at desc);
create index sessions_expires_at on sessions (expires_at);
`;

const DOWN = `
drop table sessions;
`;
