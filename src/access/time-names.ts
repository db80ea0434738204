import type { RecordError } from '../http/query/record-schema.js';
import { ENTRY_FIELDS } from './access-entry.schema.js';

// What loggers call the time of an entry: those of nginx, Caddy, Traefik, Fluent Bit, Logstash, Vector, Excel.
const NAMES = new Set([
  ...['time', 'date', 'datetime', 'ts', '@timestamp', '@time', '_time', 'epoch', 'msec', 'when'],
  ...['timelocal', 'timeiso8601', 'timeunix', 'unixtime', 'utctime', 'localtime', 'logtime', 'eventtime'],
  ...['accesstime', 'starttime', 'startutc', 'startlocal', 'createdat', 'loggedat', 'occurredat'],
  ...['timestampms', 'timestamputc', 'unixtimestamp', 'requesttimestamp', 'eventtimestamp', 'zeit', 'datum'],
]);

const OURS = new Set<string>(ENTRY_FIELDS);

/** A field name in one spelling: `latencyMs`, `Latency_MS` and `latency-ms` are the same. */
export function simplified(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}

/** Is this what others call `timestamp`? */
export function isTimeName(name: string): boolean {
  return NAMES.has(name) || NAMES.has(simplified(name));
}

/** The field that holds the time of an entry without `timestamp`; null where it has none. */
export function timeNameOf(entry: object): string | null {
  for (const name in entry) {
    if (!OURS.has(name) && (isTimeName(name) || simplified(name) === 'timestamp')) return name;
  }
  return null;
}

/** Stored under the time of receipt, a year's log would collapse into one minute. */
export function unreadTime(name: string): RecordError {
  return { field: 'timestamp', message: `is missing: ${notRead(name)}`, type: 'required' };
}

/** The error for a time under another name. */
export function notRead(name: string): string {
  return `${JSON.stringify(name.slice(0, 40))} is not read, the time of an entry is called timestamp`;
}
