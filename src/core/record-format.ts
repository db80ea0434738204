import type { NewAccessEntry } from './access-entry.js';
import type { NewEvent } from './event.js';
import { formatRfc3339 } from './rfc3339.js';

/** What a chunk says of itself: the kind of its records, and the version of how they are written. */
export const EVENTS_FORMAT = 'sightline.events.1';
export const ACCESS_FORMAT = 'sightline.access.1';

/**
 * Records outside of the store, in a topic or as a dead letter: JSON as the API takes it, with three fields of the server's.
 * `project_id` is the number of the project, `received_at` the time of receipt (RFC 3339), `reported_timestamp` what the device
 * claimed where its clock was more than 24 h ahead. What is null is left out.
 */
export function encodeEvent(event: NewEvent): string {
  const { properties, deviceInfo } = event;
  const fields = JSON.stringify({
    project_id: event.projectId,
    received_at: formatRfc3339(event.createdAt),
    event_id: event.eventId,
    event_type: event.eventType,
    event_name: event.eventName,
    timestamp: formatRfc3339(event.timestamp),
    reported_timestamp: timeText(event.reportedTimestamp),
    user_id: event.userId ?? undefined,
    session_id: event.sessionId ?? undefined,
    app_version: event.appVersion ?? undefined,
    sequence_number: event.sequenceNumber ?? undefined,
    priority: event.priority === 'normal' ? undefined : event.priority,
  });
  // JSON text as it is: parsed and written anew, it would cost several times as much, and integers past 2^53 their last digits
  const behind =
    (properties === '{}' ? '' : `,"properties":${properties}`) +
    (deviceInfo === '{}' ? '' : `,"device_info":${deviceInfo}`);
  return behind === '' ? fields : `${fields.slice(0, -1)}${behind}}`;
}

/** As `encodeEvent`. Whether the address is to be noted is not written: whoever stores the entry finds that out. */
export function encodeEntry(entry: NewAccessEntry): string {
  return JSON.stringify({
    project_id: entry.projectId,
    received_at: formatRfc3339(entry.createdAt),
    timestamp: formatRfc3339(entry.timestamp),
    reported_timestamp: timeText(entry.reportedTimestamp),
    ip: entry.ip ?? undefined,
    method: entry.method ?? undefined,
    path: entry.path ?? undefined,
    status: entry.status ?? undefined,
    latency_ms: entry.latencyMs ?? undefined,
    user_agent: entry.userAgent ?? undefined,
  });
}

/** A chunk: `{"format":"sightline.events.1","records":[…]}`. */
export function encodeEvents(events: readonly NewEvent[]): string {
  return encodeChunk(EVENTS_FORMAT, events.map(encodeEvent));
}

/** A chunk: `{"format":"sightline.access.1","records":[…]}`. */
export function encodeEntries(entries: readonly NewAccessEntry[]): string {
  return encodeChunk(ACCESS_FORMAT, entries.map(encodeEntry));
}

/** A chunk of records that are encoded already. */
export function encodeChunk(
  format: typeof EVENTS_FORMAT | typeof ACCESS_FORMAT,
  records: readonly string[],
): string {
  return `{"format":"${format}","records":[${records.join(',')}]}`;
}

function timeText(time: number | null): string | undefined {
  return time === null ? undefined : formatRfc3339(time);
}
