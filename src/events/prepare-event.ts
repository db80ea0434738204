import { TOO_LARGE } from '../core/json/json-pieces.js';
import { findUnstorable } from '../core/json/json.js';
import type { NewEvent } from '../core/records/event.js';
import { parseRfc3339 } from '../core/records/rfc3339.js';
import { timestampsOf } from '../core/records/timestamps.js';
import type { Micros } from '../core/time.js';
import type { RecordError } from '../http/query/record-schema.js';
import { eventErrors, isEvent, type RawEvent } from './event.schema.js';

/** Longest provider that is counted and can be filtered by: it is a key of the rollups. */
const MAX_PROVIDER_LENGTH = 255;
/** 30,000 years: past it a sum of a few durations leaves the range of a double. */
const MAX_DURATION_MS = 1e15;

export interface PrepareContext {
  projectId: number;
  /** Time of receipt. */
  receivedAt: Micros;
  maxBytes: number;
  /** The body may hold NUL or half surrogate pairs. */
  checkText: boolean;
}

export type Prepared =
  | { event: NewEvent; bytes: number; errors?: undefined }
  | { event?: undefined; bytes?: undefined; errors: RecordError[] };

/** Validates one event as it came and makes it ready to be stored. */
export function prepareEvent(raw: unknown, context: PrepareContext): Prepared {
  if (raw === TOO_LARGE) return { errors: [tooLarge(context)] };
  const unstorable = findUnstorable(raw, context.checkText);
  if (unstorable)
    return { errors: [{ field: unstorable.path, message: unstorable.message, type: 'unstorable' }] };
  if (!isEvent(raw)) return { errors: eventErrors(raw) };
  const properties = raw.properties ? JSON.stringify(raw.properties) : '{}';
  const deviceInfo = raw.device_info ? JSON.stringify(raw.device_info) : '{}';
  const bytes = byteSize(raw, properties, deviceInfo);
  if (bytes > context.maxBytes) return { errors: [tooLarge(context)] };
  return { event: newEvent(raw, properties, deviceInfo, context), bytes };
}

function tooLarge({ maxBytes }: PrepareContext): RecordError {
  return { field: '', message: `is larger than ${Math.floor(maxBytes / 1024)} KiB`, type: 'size' };
}

function newEvent(raw: RawEvent, properties: string, deviceInfo: string, context: PrepareContext): NewEvent {
  const { projectId, receivedAt } = context;
  const reported = raw.timestamp ? parseRfc3339(raw.timestamp)! : receivedAt;
  const { timestamp, reportedTimestamp } = timestampsOf(reported, receivedAt);
  return {
    projectId,
    eventId: raw.event_id,
    eventType: raw.event_type,
    eventName: raw.event_name,
    timestamp,
    reportedTimestamp,
    createdAt: receivedAt,
    properties,
    deviceInfo,
    durationMs: durationOf(raw.properties),
    providerName: providerOf(raw.properties),
    userId: raw.user_id ?? null,
    sessionId: raw.session_id ?? null,
    appVersion: raw.app_version ?? null,
    sequenceNumber: raw.sequence_number ?? null,
    priority: raw.priority ?? 'normal',
  };
}

function durationOf(properties: RawEvent['properties']): number | null {
  const duration = (properties as { duration_ms?: unknown } | null | undefined)?.duration_ms;
  return typeof duration === 'number' && Math.abs(duration) <= MAX_DURATION_MS ? duration : null;
}

function providerOf(properties: RawEvent['properties']): string | null {
  const provider = (properties as { tags?: { provider?: unknown } | null } | null | undefined)?.tags
    ?.provider;
  return typeof provider === 'string' && provider.length <= MAX_PROVIDER_LENGTH ? provider : null;
}

/** Bytes of the event as JSON, near enough: names and quotes of the fields count as 150. */
function byteSize(raw: RawEvent, properties: string, deviceInfo: string): number {
  return (
    150 +
    Buffer.byteLength(properties) +
    Buffer.byteLength(deviceInfo) +
    Buffer.byteLength(raw.event_id) +
    Buffer.byteLength(raw.event_name) +
    (raw.user_id?.length ?? 0) +
    (raw.session_id?.length ?? 0)
  );
}
