import type { NewEvent } from '../../../core/event.js';
import { rows, type Queryable } from '../sql.js';
import { column, type BinaryArray, type OID } from './binary-array.js';

// One statement, and so one round trip and one transaction without `begin` and `commit`: for the small flushes of single
// events those cost more than the rows (docs/decisions/0004-append.md).
// Ids rise in the order of the events; keys are claimed in their own order, or two flushes with the same ones could deadlock.
const SQL = `
with input as materialized (
  select nextval('event_ids') as id, given.* from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[],
    $6::timestamptz[], $7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::int[], $13::text[],
    $14::float8[], $15::text[], $16::jsonb[], $17::jsonb[])
  as given (key, project_id, event_id, event_type, event_name, "timestamp", reported_timestamp, created_at, user_id,
    session_id, app_version, sequence_number, priority, duration_ms, provider_name, properties, device_info)
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
select key, id from claimed`;

/** Stores those events whose keys are new, with keys and rollup deltas, and gives their ids by uuid. Keys must be distinct. */
export async function appendEvents(db: Queryable, events: readonly NewEvent[]): Promise<Map<string, number>> {
  const stored = await rows<{ key: string; id: number }>(db, {
    name: 'append_events',
    text: SQL,
    values: columnsOf(events),
  });
  return new Map(stored.map(({ key, id }) => [key, id]));
}

/** The parameters of the append: a binary array a column. */
export function columnsOf(events: readonly NewEvent[]): Buffer[] {
  const { text, int4, float8, timestamptz } = writers(events);
  return [
    column(events, 'uuid', 16, (array, { key }) => array.uuid(key)),
    int4((event) => event.projectId),
    text(40, (event) => event.eventId),
    text(16, (event) => event.eventType),
    text(32, (event) => event.eventName),
    timestamptz((event) => event.timestamp),
    timestamptz((event) => event.reportedTimestamp),
    timestamptz((event) => event.createdAt),
    text(32, (event) => event.userId),
    text(40, (event) => event.sessionId),
    text(8, (event) => event.appVersion),
    int4((event) => event.sequenceNumber),
    text(8, (event) => event.priority),
    float8((event) => event.durationMs),
    text(16, (event) => event.providerName),
    column(events, 'jsonb', 512, (array, { properties }) => array.jsonb(properties)),
    column(events, 'jsonb', 256, (array, { deviceInfo }) => array.jsonb(deviceInfo)),
  ];
}

function writers(events: readonly NewEvent[]) {
  const nullable =
    <T>(type: keyof typeof OID, write: (array: BinaryArray, value: T) => void) =>
    (bytes: number, of: (event: NewEvent) => T | null) =>
      column(events, type, bytes, (array, event) => {
        const value = of(event);
        if (value === null) array.null();
        else write(array, value);
      });
  const text = nullable<string>('text', (array, value) => array.text(value));
  const int4 = nullable<number>('int4', (array, value) => array.int4(value));
  const float8 = nullable<number>('float8', (array, value) => array.float8(value));
  const timestamptz = nullable<number>('timestamptz', (array, value) => array.timestamptz(value));
  return {
    text,
    int4: int4.bind(null, 4),
    float8: float8.bind(null, 8),
    timestamptz: timestamptz.bind(null, 8),
  };
}
