import type { NewEvent } from '../../../core/event.js';
import { eventKey } from '../event-key.js';
import { ColumnArrays, float8, int4, jsonb, text, timestamptz, uuid, type Column } from './columns.js';

/** In the order of the parameters of append-events.ts. */
const COLUMNS: Column<NewEvent>[] = [
  int4((event) => event.projectId),
  text((event) => event.eventId),
  text((event) => event.eventType),
  text((event) => event.eventName),
  timestamptz((event) => event.timestamp),
  timestamptz((event) => event.reportedTimestamp),
  timestamptz((event) => event.createdAt),
  text((event) => event.userId),
  text((event) => event.sessionId),
  text((event) => event.appVersion),
  int4((event) => event.sequenceNumber),
  text((event) => event.priority),
  float8((event) => event.durationMs),
  text((event) => event.providerName),
  jsonb((event) => event.properties),
  jsonb((event) => event.deviceInfo),
  uuid((event) => eventKey(event.projectId, event.eventId)),
];

export class EventColumns extends ColumnArrays<NewEvent> {
  constructor() {
    super(COLUMNS);
  }
}
