import type { NewAccessEntry } from '../core/access-entry.js';
import type { Micros, NewEvent } from '../core/event.js';
import type { RawEntry } from '../samples/access/access-maker.js';
import type { SampleEvent } from '../samples/events/event-maker.js';

/** A sample as the server takes it when it comes over HTTP. */
export function newEventOf(sample: SampleEvent, projectId: number, receivedAt: Micros): NewEvent {
  const { duration_ms: duration, tags } = sample.properties as {
    duration_ms?: number;
    tags?: { provider: string };
  };
  return {
    projectId,
    eventId: sample.event_id,
    eventType: sample.event_type,
    eventName: sample.event_name,
    timestamp: Date.parse(sample.timestamp) * 1000,
    reportedTimestamp: null,
    createdAt: receivedAt,
    properties: JSON.stringify(sample.properties),
    deviceInfo: JSON.stringify(sample.device_info),
    durationMs: duration ?? null,
    providerName: tags?.provider ?? null,
    userId: sample.user_id ?? null,
    sessionId: sample.session_id,
    appVersion: sample.app_version,
    sequenceNumber: sample.sequence_number,
    priority: sample.priority ?? 'normal',
  };
}

/** The same for an entry. Its address is noted whether or not this process has noted it before. */
export function newEntryOf(sample: RawEntry, projectId: number, receivedAt: Micros): NewAccessEntry {
  return {
    projectId,
    timestamp: Date.parse(sample.timestamp) * 1000,
    reportedTimestamp: null,
    createdAt: receivedAt,
    ip: sample.ip,
    noteIp: true,
    method: sample.method,
    path: sample.path,
    status: sample.status,
    latencyMs: sample.latency_ms,
    userAgent: sample.user_agent,
  };
}
