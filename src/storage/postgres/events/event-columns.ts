/** The columns of `StoredEvent`, in its order. */
export const EVENT_COLUMNS = eventColumns((json) => json);

/** The same of a page of which only the first `rows` are to have their JSON: of a row that only tells that there are more, 255 kB would be sent for nothing. */
export function columnsOfFirst(rows: string): string {
  return eventColumns((json) => `case when row_number() over () <= ${rows} then ${json} end as ${json}`);
}

function eventColumns(json: (column: string) => string): string {
  return `id, event_id, event_type, event_name, "timestamp", reported_timestamp, ${json('properties')}, ${json('device_info')},
  user_id, session_id, app_version, sequence_number, priority, created_at, processed_at`;
}
