import type { FieldError } from '../errors.js';
import type { Micros } from '../time.js';
import type { NewAccessEntry } from './access-entry.js';
import type { NewEvent } from './event.js';
import { formatRfc3339, parseRfc3339 } from './rfc3339.js';

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

/** As `encodeEvent`. Whether the address needs an upsert is not written: whoever stores the entry finds that out. */
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

/** A chunk of encoded records: `{"format":"sightline.events.1","records":[…]}`. */
export function encodeChunk(
  format: typeof EVENTS_FORMAT | typeof ACCESS_FORMAT,
  records: readonly string[],
): string {
  return `{"format":"${format}","records":[${records.join(',')}]}`;
}

/** What the server has written into a record of its own. */
export interface OwnFields {
  projectId: number;
  receivedAt: Micros;
  reportedTimestamp: Micros | null;
}

/** The server's own fields of a parsed record, or what is wrong with them. */
export function ownFields(raw: unknown): OwnFields | { errors: FieldError[] } {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { errors: [{ field: '', message: 'must be an object' }] };
  }
  const { project_id, received_at, reported_timestamp } = raw as Record<string, unknown>;
  const receivedAt = timeIn(received_at);
  const reported = reported_timestamp === undefined ? null : timeIn(reported_timestamp);
  const errors: FieldError[] = [];
  if (!isProjectId(project_id))
    errors.push({ field: 'project_id', message: 'must be the number of a project' });
  if (receivedAt === null) errors.push({ field: 'received_at', message: NO_TIME });
  if (reported_timestamp !== undefined && reported === null) {
    errors.push({ field: 'reported_timestamp', message: NO_TIME });
  }
  if (errors.length > 0 || !isProjectId(project_id) || receivedAt === null) return { errors };
  return { projectId: project_id, receivedAt, reportedTimestamp: reported };
}

const NO_TIME = 'must be an RFC 3339 date and time';
const MAX_INT4 = 2_147_483_647;

function isProjectId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= MAX_INT4;
}

function timeIn(value: unknown): Micros | null {
  return typeof value === 'string' ? parseRfc3339(value) : null;
}

function timeText(time: number | null): string | undefined {
  return time === null ? undefined : formatRfc3339(time);
}
