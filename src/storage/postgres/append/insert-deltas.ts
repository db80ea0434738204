import { rows, type Queryable } from '../sql.js';
import { column } from './binary-array.js';
import { orNull } from './insert-events.js';
import type { IdentifiedEvent } from './identified-event.js';

const SQL = `
insert into event_deltas (project_id, day, "timestamp", event_type, event_name, priority, app_version, provider_name,
  duration_ms, user_id, session_id)
select * from unnest($1::int[], $2::date[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
  $9::float8[], $10::text[], $11::text[])`;

const MICROS_PER_DAY = 86_400_000_000;

/** What the rollups need of each event, in the transaction that stores it: src/storage/postgres/rollups/ folds it in. */
export async function insertDeltas(db: Queryable, events: readonly IdentifiedEvent[]): Promise<void> {
  const text = (bytes: number, of: (row: IdentifiedEvent) => string | null) =>
    column(events, 'text', bytes, (array, row) => orNull(array, of(row), array.text));
  const values = [
    column(events, 'int4', 4, (array, { event }) => array.int4(event.projectId)),
    column(events, 'date', 4, (array, { event }) => array.date(Math.floor(event.createdAt / MICROS_PER_DAY))),
    column(events, 'timestamptz', 8, (array, { event }) => array.timestamptz(event.timestamp)),
    text(16, ({ event }) => event.eventType),
    text(32, ({ event }) => event.eventName),
    text(8, ({ event }) => event.priority),
    text(8, ({ event }) => event.appVersion),
    text(16, ({ event }) => event.providerName),
    column(events, 'float8', 8, (array, { event }) => orNull(array, event.durationMs, array.float8)),
    text(32, ({ event }) => event.userId),
    text(40, ({ event }) => event.sessionId),
  ];
  await rows(db, { name: 'insert_event_deltas', text: SQL, values });
}
