export const EVENT_TYPES = ['behavioral', 'telemetry', 'observability', 'error', 'performance'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export const PRIORITIES = ['normal', 'high'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Microseconds since the Unix epoch: exact in a double from 1715 to 2255, and PostgreSQL's own precision. */
export type Micros = number;

/** An event that passed validation and is ready to be stored; JSON is already text, so that no store parses it again. */
export interface NewEvent {
  projectId: number;
  eventId: string;
  eventType: EventType;
  eventName: string;
  timestamp: Micros;
  /** What the device claimed, when its clock was more than 24 h ahead. */
  reportedTimestamp: Micros | null;
  /** Time of receipt; its UTC day chooses the partition. */
  createdAt: Micros;
  /** JSON text of an object. */
  properties: string;
  /** JSON text of an object. */
  deviceInfo: string;
  /** `properties.duration_ms`, if it is a number. */
  durationMs: number | null;
  /** `properties.tags.provider`, if it is a string. */
  providerName: string | null;
  userId: string | null;
  sessionId: string | null;
  appVersion: string | null;
  sequenceNumber: number | null;
  priority: Priority;
}

/** An event as it is answered. Times are RFC 3339 in UTC. */
export interface StoredEvent {
  id: number;
  event_id: string;
  event_type: EventType;
  event_name: string;
  timestamp: string;
  reported_timestamp: string | null;
  properties: unknown;
  device_info: unknown;
  user_id: string | null;
  session_id: string | null;
  app_version: string | null;
  sequence_number: number | null;
  priority: Priority;
  created_at: string;
  processed_at: string;
}

/** What became of one event of an append. */
export type Receipt =
  | { outcome: 'stored'; id: number }
  /** The project has this event_id already; `id` is that of the stored one. */
  | { outcome: 'duplicate'; id: number }
  /** The store refused this event for a reason of its own. */
  | { outcome: 'rejected'; message: string };
