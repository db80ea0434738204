import type { RecordTable } from '../reading/values.js';

/** The columns of `StoredEvent`, in its order. */
export const EVENT_COLUMNS = `id, event_id, event_type, event_name, "timestamp", reported_timestamp, properties, device_info,
  user_id, session_id, app_version, sequence_number, priority, created_at, processed_at`;

export const EVENTS: RecordTable = { name: 'events', columns: EVENT_COLUMNS, few: 2_000 };
