import type { Micros } from '../time.js';

export const EVENT_TYPES = ['behavioral', 'telemetry', 'observability', 'error', 'performance'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export const PRIORITIES = ['normal', 'high'] as const;
export type Priority = (typeof PRIORITIES)[number];

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

/** An event as it is read. Times are RFC 3339 in UTC; JSON is the store's text, as nobody who reads an event looks into it. */
export interface StoredEvent {
  id: number;
  event_id: string;
  event_type: EventType;
  event_name: string;
  timestamp: string;
  reported_timestamp: string | null;
  /** JSON text of an object. */
  properties: string;
  /** JSON text of an object. */
  device_info: string;
  user_id: string | null;
  session_id: string | null;
  app_version: string | null;
  sequence_number: number | null;
  priority: Priority;
  created_at: string;
  processed_at: string;
}

/** Events as they are answered: pieces of their JSON, of which none is copied before all are written. */
export function eventPieces(events: readonly StoredEvent[], between = ''): string[] {
  const pieces: string[] = [];
  for (const event of events) {
    const { id, event_id, event_type, event_name, timestamp, reported_timestamp } = event;
    const { user_id, session_id, app_version, sequence_number, priority, created_at, processed_at } = event;
    const before = { id, event_id, event_type, event_name, timestamp, reported_timestamp };
    const behind = { user_id, session_id, app_version, sequence_number, priority, created_at, processed_at };
    if (pieces.length > 0) pieces.push(between);
    pieces.push(`${JSON.stringify(before).slice(0, -1)},"properties":`, event.properties);
    pieces.push(',"device_info":', event.device_info, `,${JSON.stringify(behind).slice(1)}`);
  }
  return pieces;
}

/** What became of one event of an append. */
export type Receipt =
  | { outcome: 'stored'; id: number }
  /** The project has this event_id already; `id` is that of the stored one. */
  | { outcome: 'duplicate'; id: number }
  /** Durable, and on its way to the store. */
  | { outcome: 'queued' }
  /** The store refused this event for a reason of its own. `cause`: in the database's words, for operators only. */
  | { outcome: 'rejected'; message: string; cause: string };
