import type { RecordTable } from '../../reading/values.js';

/** The columns of `StoredAccessEntry`, in its order. */
export const ENTRY_COLUMNS = `id, "timestamp" as "Timestamp", ip as "IP", method as "Method", path as "Path", status as "Status",
  latency_ms as "LatencyMs", user_agent as "UserAgent"`;

export const ENTRIES: RecordTable = { name: 'access_logs', columns: ENTRY_COLUMNS, few: 3_000 };
