import type { NewEvent } from '../../../core/event.js';
import { BinaryArray, OID } from './binary-array.js';

type Write = (array: BinaryArray, event: NewEvent) => void;

function nullable<T>(
  of: (event: NewEvent) => T | null,
  write: (array: BinaryArray, value: T) => void,
): Write {
  return (array, event) => {
    const value = of(event);
    if (value === null) array.null();
    else write(array, value);
  };
}

const text = (of: (event: NewEvent) => string | null): [number, Write] => [
  OID.text,
  nullable(of, (array, value) => array.text(value)),
];
const int4 = (of: (event: NewEvent) => number | null): [number, Write] => [
  OID.int4,
  nullable(of, (array, value) => array.int4(value)),
];
const float8 = (of: (event: NewEvent) => number | null): [number, Write] => [
  OID.float8,
  nullable(of, (array, value) => array.float8(value)),
];
const timestamptz = (of: (event: NewEvent) => number | null): [number, Write] => [
  OID.timestamptz,
  nullable(of, (array, value) => array.timestamptz(value)),
];
const jsonb = (of: (event: NewEvent) => string): [number, Write] => [
  OID.jsonb,
  (array, event) => array.jsonb(of(event)),
];

/** In the order of the parameters of append-events.ts. */
const COLUMNS: [number, Write][] = [
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
];

/** The parameters of one append: a binary array a column. */
export class EventColumns {
  private readonly arrays = COLUMNS.map(([oid]) => new BinaryArray(oid));

  /** Valid until the next call. */
  encode(events: readonly NewEvent[]): Buffer[] {
    return this.arrays.map((array, i) => array.encode(events, COLUMNS[i][1]));
  }
}
