import type pg from 'pg';
import type { StoredEvent } from '../../src/core/records/event.js';
import { eventKey } from '../../src/storage/postgres/append/append-events.js';
import { ensurePartitions } from '../../src/storage/postgres/partitions.js';

/** A stored row, as far as a test cares for it. Times are RFC 3339; JSON is text, so that numbers stay as written. */
export type EventRow = Partial<Omit<StoredEvent, 'id' | 'properties' | 'device_info'>> & {
  event_id: string;
  project_id?: number;
  properties?: string;
};

const DEFAULTS = {
  project_id: 1,
  event_type: 'behavioral',
  event_name: 'tap',
  created_at: '2026-11-03T10:00:00.000Z',
  priority: 'normal',
  properties: '{}',
};

/** Partitions for `days` days from `first` (`2026-11-01`) on. */
export async function createPartitions(pool: pg.Pool, first: string, days: number): Promise<void> {
  const dayAfter = (n: number) => new Date(Date.parse(first) + n * 86_400_000).toISOString().slice(0, 10);
  await ensurePartitions(
    pool,
    'events',
    Array.from({ length: days }, (_, n) => dayAfter(n)),
  );
}

/** Stores rows with their keys, past the append: for tests of reads alone. Rollups know nothing of them. */
export async function insertRows(pool: pg.Pool | pg.ClientBase, rows: readonly EventRow[]): Promise<void> {
  const records = rows.map((row) => {
    const full = { ...DEFAULTS, timestamp: row.created_at ?? DEFAULTS.created_at, ...row };
    return { ...full, key: eventKey(full.project_id, full.event_id) };
  });
  await pool.query(
    `with rows as (
       select * from jsonb_to_recordset($1::jsonb) as r(
         key uuid, project_id int, event_id text, event_type text, event_name text, "timestamp" timestamptz,
         reported_timestamp timestamptz, created_at timestamptz, user_id text, session_id text, app_version text,
         sequence_number int, priority text, properties text)),
     keys as (
       insert into event_keys (key, created_at) select key, created_at from rows returning key, id)
     insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", reported_timestamp,
       created_at, user_id, session_id, app_version, sequence_number, priority, properties, device_info, provider_name)
     select id, key, project_id, event_id, event_type, event_name, "timestamp", reported_timestamp,
       created_at, user_id, session_id, app_version, sequence_number, priority, properties::jsonb, '{}',
       properties::jsonb #>> '{tags,provider}'
     from rows join keys using (key)`,
    [JSON.stringify(records)],
  );
}
