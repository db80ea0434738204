/** The columns of `StoredAccessEntry`, in its order. */
export const ENTRY_COLUMNS = `id, "timestamp" as "Timestamp", ip as "IP", method as "Method", path as "Path", status as "Status",
  latency_ms as "LatencyMs", user_agent as "UserAgent"`;

export const NEWEST_FIRST = 'order by "timestamp" desc, id desc';
