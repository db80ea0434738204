import { hash } from 'node:crypto';
import type { Block } from '../../../core/counting/count-store.js';
import { eventRow } from '../../../core/counting/kind.js';
import type { NewEvent } from '../../../core/records/event.js';
import { ObjectPool } from '../../object-pool.js';
import { rows, type Queryable } from '../sql.js';
import { float8, int4, jsonb, RowArray, text, timestamptz, uuid, type Column } from './columns.js';

/** Of the type new_event. */
const COLUMNS: Column<NewEvent>[] = [
  int4((event) => event.projectId),
  text((event) => event.eventId),
  text((event) => event.eventType),
  text((event) => event.eventName),
  timestamptz((event) => event.timestamp),
  timestamptz((event) => event.reportedTimestamp),
  timestamptz((event) => event.createdAt),
  text((event) => event.userId),
  text((event) => event.sessionId),
  text((event) => event.appVersion),
  int4((event) => event.sequenceNumber),
  text((event) => event.priority),
  float8((event) => event.durationMs),
  text((event) => event.providerName),
  jsonb((event) => event.properties),
  jsonb((event) => event.deviceInfo),
  uuid((event) => eventKey(event.projectId, event.eventId)),
];

const idle = new ObjectPool(() => new RowArray(COLUMNS));

// One statement, and so one round trip and one transaction without `begin` and `commit`: for the small flushes of single
// events those cost more than the rows (docs/decisions/0004-append.md).
// Ids rise in the order of the events; keys are claimed in their own order, or two flushes with the same ones could deadlock.
const SQL = `
with input as materialized (
  select nextval('event_ids') as id, given.*
  from unnest($1::new_event[]) with ordinality as given (project_id, event_id, event_type, event_name, "timestamp",
    reported_timestamp, created_at, user_id, session_id, app_version, sequence_number, priority, duration_ms, provider_name,
    properties, device_info, key, position)
), claimed as (
  insert into event_keys (key, id, created_at)
  select key, id, created_at from input order by key
  on conflict (key) do nothing
  returning key, id
), fresh as materialized (
  select input.* from input join claimed using (key, id)
), block as (
  insert into event_blocks (size, records, fresh)
  select count(*), $2::json, case when count(*) < cardinality($1) then array_agg(position::int order by position) end
  from fresh having count(*) > 0
  returning id
), stored as (
  insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", reported_timestamp, created_at,
    user_id, session_id, app_version, sequence_number, priority, duration_ms, provider_name, properties, device_info)
  select id, key, project_id, event_id, event_type, event_name, "timestamp", reported_timestamp, created_at,
    user_id, session_id, app_version, sequence_number, priority, duration_ms, provider_name, properties, device_info
  from fresh
)
select (select id from block) as block, json_agg(id order by position)::text as ids,
  case when count(*) < cardinality($1) then json_agg(position - 1 order by position)::text end as places
from fresh`;

interface AppendedEvents {
  /** Of those that were new: ids by index. */
  ids: ReadonlyMap<number, number>;
  /** What of them is to be counted; null where none was new. */
  block: Block | null;
}

/** As JSON: one row for each event would cost several times as much. */
interface Appended {
  /** null where no event was new. */
  block: number | null;
  ids: string;
  /** Indexes of the new events; null for all of them. */
  places: string | null;
}

/** Stores those events that are new, with their keys and the block of what is to be counted. Events must be distinct. */
export async function appendEvents(db: Queryable, events: readonly NewEvent[]): Promise<AppendedEvents> {
  const counted = events.map(eventRow);
  const [{ block, ids, places }] = await idle.use((array) =>
    rows<Appended>(db, {
      name: 'append.events',
      text: SQL,
      values: [array.encode(events), JSON.stringify(counted)],
    }),
  );
  if (block === null) return { ids: new Map(), block: null };
  const stored = JSON.parse(ids) as number[];
  const fresh = places === null ? null : (JSON.parse(places) as number[]);
  return {
    ids: new Map(stored.map((id, i) => [fresh ? fresh[i] : i, id])),
    block: { id: block, rows: fresh ? fresh.map((place) => counted[place]) : counted },
  };
}

/**
 * What makes an event the same event: 128 bits of SHA-256 of project and event_id, in hex. A cryptographic hash, because
 * clients choose event_ids: nobody can make two that collide. Here and not in SQL: Node takes a tenth of the time.
 */
export function eventKey(projectId: number, eventId: string): string {
  return hash('sha256', `${projectId} ${eventId}`, 'hex').slice(0, 32);
}
