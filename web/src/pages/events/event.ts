export const EVENT_TYPES = ['behavioral', 'telemetry', 'observability', 'error', 'performance'] as const;
export const PRIORITIES = ['normal', 'high'] as const;

/** An event as the routes of `/api/v1/logs` give it. */
export interface StoredEvent {
  id: number;
  event_id: string;
  event_type: string;
  event_name: string;
  timestamp: string;
  reported_timestamp: string | null;
  properties: Record<string, unknown>;
  device_info: Record<string, unknown>;
  user_id: string | null;
  session_id: string | null;
  app_version: string | null;
  sequence_number: number | null;
  priority: string;
  created_at: string;
  processed_at: string;
}

/** What the filter, the export and the tail all compare an event with. */
export const EQUAL_FIELDS = [
  'event_type',
  'event_name',
  'user_id',
  'session_id',
  'app_version',
  'priority',
  'provider_name',
] as const;
export type EqualField = (typeof EQUAL_FIELDS)[number];

/** `properties` at this path (names joined by dots) equals this. */
export interface PropertyFilter {
  path: string;
  value: string;
}
