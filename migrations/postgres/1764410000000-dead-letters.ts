import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records that can never be stored as they came. */
export class DeadLetters1764410000000 implements MigrationInterface {
  name = 'DeadLetters1764410000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const UP = `
-- Records that the database refused, or that Kafka brought and nobody can read. They wait until somebody replays or drops them.
create table dead_letters (
  id bigint generated always as identity primary key,
  state text not null default 'waiting' check (state in ('waiting', 'replayed', 'dropped')),
  kind text not null check (kind in ('events', 'access')),
  -- No foreign key: that its project is gone is one of the reasons why a record is refused.
  project_id integer,
  reason text not null,
  message text not null,
  details jsonb not null,
  format text not null,
  -- Bytes and not text: what nobody can read may hold NUL.
  payload bytea not null,
  -- Of what came; the payload is at most a megabyte of it.
  payload_bytes integer not null,
  topic text,
  topic_id uuid,
  partition integer,
  "offset" bigint,
  index integer,
  -- SHA-256 of what makes a letter without an origin the same as one that is waiting.
  identity bytea,
  attempts integer not null,
  failed_at timestamptz not null,
  settled_at timestamptz,
  outcome jsonb,
  check (num_nonnulls(topic, topic_id, partition, "offset", index) = case when identity is null then 5 else 0 end),
  check ((settled_at is null) = (state = 'waiting'))
);
-- What Kafka brings again after a crash is listed once, whatever became of it since; what a client sends again, once while it waits.
create unique index dead_letters_origin on dead_letters (topic_id, partition, "offset", index);
create unique index dead_letters_identity on dead_letters (identity) where state = 'waiting';
create index dead_letters_state on dead_letters (state, id);
create index dead_letters_settled_at on dead_letters (settled_at) where settled_at is not null;
`;

const DOWN = `
drop table dead_letters;
`;
