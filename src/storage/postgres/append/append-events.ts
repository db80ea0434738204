import type { NewEvent } from '../../../core/event.js';
import { rows, type Queryable } from '../sql.js';
import { EventColumns } from './event-columns.js';
import { Idle } from './idle.js';

// One statement, and so one round trip and one transaction without `begin` and `commit`: for the small flushes of single
// events those cost more than the rows (docs/decisions/0004-append.md).
// Ids rise in the order of the events; keys are claimed in their own order, or two flushes with the same ones could deadlock.
const SQL = `
with input as materialized (
  select nextval('event_ids') as id, given.*
  from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
    $8::text[], $9::text[], $10::text[], $11::int[], $12::text[], $13::float8[], $14::text[], $15::jsonb[], $16::jsonb[], $17::uuid[])
  with ordinality as given (project_id, event_id, event_type, event_name, "timestamp", reported_timestamp, created_at,
    user_id, session_id, app_version, sequence_number, priority, duration_ms, provider_name, properties, device_info, key, position)
), claimed as (
  insert into event_keys (key, id, created_at)
  select key, id, created_at from input order by key
  on conflict (key) do nothing
  returning key, id
), fresh as materialized (
  select input.* from input join claimed using (key, id)
), counted as (
  insert into event_deltas (project_id, day, "timestamp", event_type, event_name, priority, app_version, provider_name,
    duration_ms, user_id, session_id)
  select project_id, (created_at at time zone 'UTC')::date, "timestamp", event_type, event_name, priority, app_version,
    provider_name, duration_ms, user_id, session_id from fresh
), stored as (
  insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", reported_timestamp, created_at,
    user_id, session_id, app_version, sequence_number, priority, duration_ms, provider_name, properties, device_info)
  select id, key, project_id, event_id, event_type, event_name, "timestamp", reported_timestamp, created_at,
    user_id, session_id, app_version, sequence_number, priority, duration_ms, provider_name, properties, device_info
  from fresh
)
select position::int - 1 as index, id from fresh`;

/** Stores those events that are new, with keys and rollup deltas, and gives their ids by index. Events must be distinct. */
export async function appendEvents(
  db: Queryable,
  events: readonly NewEvent[],
): Promise<ReadonlyMap<number, number>> {
  return idle.use(async (columns) => {
    const values = columns.encode(events);
    const stored = await rows<{ index: number; id: number }>(db, {
      name: 'append_events',
      text: SQL,
      values,
    });
    return new Map(stored.map(({ index, id }) => [index, id]));
  });
}

const idle = new Idle(() => new EventColumns());
