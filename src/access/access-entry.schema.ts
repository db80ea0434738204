import Format from 'typebox/format';
import { Compile, type XStatic } from 'typebox/schema';
import { canonicalIp } from '../core/addresses/ip-address.js';
import { METHODS } from '../core/records/access-entry.js';
import { parseRfc3339 } from '../core/records/rfc3339.js';
import type { Micros } from '../core/time.js';
import { boundedText, DATE_TIME, NULL, recordErrors, type RecordError } from '../http/query/record-schema.js';

export const MAX_PATH_LENGTH = 2048;
export const MAX_USER_AGENT_LENGTH = 1024;
/** 30,000 years: past it a sum of a few durations leaves the range of a double. */
const MAX_LATENCY_MS = 1e15;

const methods = new Set<string>(METHODS);

/** Upper case; null for anything that is not a method. */
export function methodOf(text: string): string | null {
  if (methods.has(text)) return text;
  const upper = text.toUpperCase();
  return methods.has(upper) ? upper : null;
}

let lastText: string | undefined;
let lastIp: string | null = null;

/** As canonicalIp, remembering the last answer: an address is validated first and then converted to be stored. */
export function ipOf(text: string): string | null {
  if (text !== lastText) {
    lastIp = canonicalIp(text);
    lastText = text;
  }
  return lastIp;
}

/** As parseRfc3339; the offset may also lack its colon (`+0100`), as strftime's %z writes it. */
export function timeOf(text: string): Micros | null {
  const micros = parseRfc3339(text);
  if (micros !== null || text.charCodeAt(text.length - 3) === COLON) return micros;
  return OFFSET.test(text) ? parseRfc3339(`${text.slice(0, -2)}:${text.slice(-2)}`) : null;
}

const COLON = 58;
const OFFSET = /[+-]\d{4}$/;

Format.Set('ip', (text) => ipOf(text) !== null);
Format.Set('http-method', (text) => methodOf(text) !== null);
Format.Set('date-time-basic-offset', (text) => timeOf(text) !== null);

const withoutColon = { type: 'string', format: 'date-time-basic-offset' } as const;
const ip = { type: 'string', format: 'ip' } as const;
const method = { type: 'string', format: 'http-method' } as const;
const status = { type: 'integer', minimum: 100, maximum: 599 } as const;
const milliseconds = { type: 'number', minimum: 0, maximum: MAX_LATENCY_MS } as const;
const seconds = { type: 'number', minimum: 0, maximum: MAX_LATENCY_MS / 1000 } as const;

// Clients of typed languages write null for what is absent, loggers an empty text, and numbers as texts.
const optional = <const Schemas extends object[]>(schemas: Schemas, description: string) =>
  ({ anyOf: [...schemas, { type: 'string', const: '' }, NULL], description }) as const;
const statusText = { type: 'string', pattern: '^[1-5][0-9]{2}$' } as const;
const numberText = { type: 'string', pattern: '^[0-9]{1,15}([.][0-9]{1,15})?$' } as const;

const fields = {
  timestamp: optional(
    [DATE_TIME, withoutColon],
    'RFC 3339, also with an offset such as +0100; default: the time of receipt',
  ),
  ip: optional([ip], 'IPv4 or IPv6, in any spelling'),
  method: optional([method], `In any case: ${METHODS.join(', ')}`),
  path: optional([boundedText(MAX_PATH_LENGTH)], 'Of `ip` and `path` (or `url`) at least one must be there'),
  url: optional([boundedText(MAX_PATH_LENGTH)], 'The same as `path`, which goes before it'),
  status: optional([status, statusText], 'HTTP status'),
  latency_ms: optional([milliseconds, numberText], 'Milliseconds'),
  request_time: optional(
    [seconds, numberText],
    "The latency in seconds, as nginx's $request_time; `latency_ms` goes before it",
  ),
  user_agent: optional([boundedText(MAX_USER_AGENT_LENGTH)], 'Of the client'),
  userAgent: optional([boundedText(MAX_USER_AGENT_LENGTH)], 'The same as `user_agent`, which goes before it'),
} as const;

const example = {
  timestamp: '2026-11-20T10:00:00.123Z',
  ip: '203.0.113.7',
  method: 'GET',
  path: '/products/7',
  status: 200,
  latency_ms: 12.5,
  user_agent: 'Mozilla/5.0',
};

/** The one declaration of an access entry: what OpenAPI shows, what TypeScript knows, and what the compiled check holds. */
export const AccessEntrySchema = {
  type: 'object',
  title: 'AccessEntry',
  description: 'An access entry. Other fields are ignored.',
  properties: fields,
  examples: [example],
} as const;
export type RawAccessEntry = XStatic<typeof AccessEntrySchema>;
export const ENTRY_FIELDS = Object.keys(fields) as (keyof RawAccessEntry)[];

/** An entry that comes alone: it must say when and from where. */
export const LoneAccessEntrySchema = {
  ...AccessEntrySchema,
  title: 'LoneAccessEntry',
  description: 'An access entry sent alone. Other fields are ignored.',
  required: ['timestamp', 'ip'],
  properties: { ...fields, timestamp: { anyOf: [DATE_TIME, withoutColon] }, ip },
} as const;

/** A compiled schema of entries. */
export interface EntryCheck {
  passes(value: unknown): value is RawAccessEntry;
  /** Why it did not pass; slow. */
  errors(value: unknown): RecordError[];
}

const WANTED = {
  ip: 'must be an IPv4 or IPv6 address',
  method: 'must be a method of HTTP, such as GET or PROPFIND',
  status: 'must be a whole number from 100 to 599',
  latency_ms: 'must be a number of milliseconds, 0 or more',
  request_time: 'must be a number of seconds, 0 or more',
};

export const anyEntry = entryCheck(AccessEntrySchema);
export const loneEntry = entryCheck(LoneAccessEntrySchema);

function entryCheck(schema: typeof AccessEntrySchema | typeof LoneAccessEntrySchema): EntryCheck {
  const validator = Compile(schema);
  return {
    passes: (value): value is RawAccessEntry => validator.Check(value),
    errors: (value) => recordErrors(validator, value, WANTED),
  };
}
