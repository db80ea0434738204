import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Four indexes on the rows of `events` in the place of seven; what each is for and what it costs: docs/decisions/0024-indexes-of-rows.md.
 * They are built for every partition, and appends wait for that: about two minutes for ten million events.
 */
export class EventIndexes1764200000000 implements MigrationInterface {
  name = 'EventIndexes1764200000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(DOWN);
  }
}

const TERMS =
  'sightline_event_terms(project_id, event_type, event_name, user_id, session_id, app_version, priority)';

const UP = `
-- A value of one column of one project, as a number that the index holds in its place. Two values may share one: whoever finds rows by
-- it looks at the column too. kind: the place of the column among the arguments of the function that gives a row's terms, from 1.
create function sightline_term(project integer, kind integer, value text) returns integer
  language sql immutable strict parallel safe
  return (hashtextextended(value, project::bigint * 8 + kind) >> 32)::integer;

create function sightline_event_terms(project integer, event_type text, event_name text, user_id text, session_id text,
    app_version text, priority text) returns integer[]
  language sql immutable parallel safe
  return array[
    (hashtextextended(event_type, project::bigint * 8 + 1) >> 32)::integer,
    (hashtextextended(event_name, project::bigint * 8 + 2) >> 32)::integer,
    (hashtextextended(user_id, project::bigint * 8 + 3) >> 32)::integer,
    (hashtextextended(session_id, project::bigint * 8 + 4) >> 32)::integer,
    (hashtextextended(app_version, project::bigint * 8 + 5) >> 32)::integer,
    (hashtextextended(priority, project::bigint * 8 + 6) >> 32)::integer];

drop index events_created_at, events_id, events_timestamp, events_user_id, events_session_id, events_event_name, events_properties;

-- Ascending, as events come: a new entry goes to the last page, which is left full when the next is begun. Without the id the events
-- of one request share an entry; a page sorts those that share a time.
create index events_created_at on events (project_id, created_at);
create index events_timestamp on events (project_id, "timestamp");
create index events_id on events (project_id, id);
-- Its list of what is not in its place yet is as long as usual (4 MB): with 1 MB an append cost 4 us a row more.
create index events_values on events using gin (properties jsonb_path_ops, ${TERMS});
`;

const DOWN = `
drop index events_values, events_id, events_timestamp, events_created_at;
create index events_created_at on events (project_id, created_at desc, id desc);
create index events_id on events (project_id, id desc);
create index events_timestamp on events (project_id, "timestamp" desc, id desc);
create index events_user_id on events (project_id, user_id, created_at desc, id desc) where user_id is not null;
create index events_session_id on events (project_id, session_id, created_at desc, id desc) where session_id is not null;
create index events_event_name on events (project_id, event_name, created_at desc, id desc);
create index events_properties on events using gin (properties jsonb_path_ops);
drop function sightline_event_terms(integer, text, text, text, text, text, text);
drop function sightline_term(integer, integer, text);
`;
