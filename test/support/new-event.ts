import type { NewEvent } from '../../src/core/records/event.js';

let made = 0;

/** A prepared event of project 1, received now, with an event_id of its own. */
export function newEvent(overrides: Partial<NewEvent> = {}): NewEvent {
  const eventId = overrides.eventId ?? `new-${process.pid}-${++made}`;
  const now = Date.now() * 1000;
  return {
    projectId: 1,
    eventId,
    eventType: 'behavioral',
    eventName: 'tap',
    timestamp: now,
    reportedTimestamp: null,
    createdAt: now,
    properties: '{}',
    deviceInfo: '{}',
    durationMs: null,
    providerName: null,
    userId: null,
    sessionId: null,
    appVersion: null,
    sequenceNumber: null,
    priority: 'normal',
    ...overrides,
  };
}
