import { rows, type Queryable } from '../sql.js';
import { column, type BinaryArray } from './binary-array.js';
import type { IdentifiedEvent } from './identified-event.js';

const SQL = `
insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", reported_timestamp, created_at,
  user_id, session_id, app_version, sequence_number, priority, duration_ms, provider_name, properties, device_info)
select * from unnest($1::bigint[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
  $8::timestamptz[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::int[], $14::text[], $15::float8[],
  $16::text[], $17::jsonb[], $18::jsonb[])`;

export async function insertEvents(db: Queryable, events: readonly IdentifiedEvent[]): Promise<void> {
  const text = (bytes: number, of: (row: IdentifiedEvent) => string | null) =>
    column(events, 'text', bytes, (array, row) => orNull(array, of(row), array.text));
  const values = [
    column(events, 'int8', 8, (array, { id }) => array.int8(id)),
    column(events, 'uuid', 16, (array, { event }) => array.uuid(event.key)),
    column(events, 'int4', 4, (array, { event }) => array.int4(event.projectId)),
    text(40, ({ event }) => event.eventId),
    text(16, ({ event }) => event.eventType),
    text(32, ({ event }) => event.eventName),
    column(events, 'timestamptz', 8, (array, { event }) => array.timestamptz(event.timestamp)),
    column(events, 'timestamptz', 8, (array, { event }) =>
      orNull(array, event.reportedTimestamp, array.timestamptz),
    ),
    column(events, 'timestamptz', 8, (array, { event }) => array.timestamptz(event.createdAt)),
    text(32, ({ event }) => event.userId),
    text(40, ({ event }) => event.sessionId),
    text(8, ({ event }) => event.appVersion),
    column(events, 'int4', 4, (array, { event }) => orNull(array, event.sequenceNumber, array.int4)),
    text(8, ({ event }) => event.priority),
    column(events, 'float8', 8, (array, { event }) => orNull(array, event.durationMs, array.float8)),
    text(16, ({ event }) => event.providerName),
    column(events, 'jsonb', 512, (array, { event }) => array.jsonb(event.properties)),
    column(events, 'jsonb', 256, (array, { event }) => array.jsonb(event.deviceInfo)),
  ];
  await rows(db, { name: 'insert_events', text: SQL, values });
}

/** Writes a value that may be missing. */
export function orNull<T>(
  array: BinaryArray,
  value: T | null,
  write: (this: BinaryArray, value: T) => void,
): void {
  if (value === null) array.null();
  else write.call(array, value);
}
