export type { StoredEvent } from '../../kit/api/schema.js';

export const EVENT_TYPES = ['behavioral', 'telemetry', 'observability', 'error', 'performance'] as const;
export const PRIORITIES = ['normal', 'high'] as const;

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
