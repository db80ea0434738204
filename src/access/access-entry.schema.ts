import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import Format from 'typebox/format';
import { boundedText, recordErrors, type RecordError } from '../api/record-schema.js';
import { METHODS } from '../core/access-entry.js';
import { canonicalIp } from '../core/ip-address.js';

const MAX_PATH_LENGTH = 2048;
const MAX_USER_AGENT_LENGTH = 1024;
/** 30,000 years: past it a sum of a few durations leaves the range of a double. */
const MAX_LATENCY_MS = 1e15;

const methods = new Set<string>(METHODS);

/** In upper case; null for what is no method. */
export function methodOf(text: string): string | null {
  if (methods.has(text)) return text;
  const upper = text.toUpperCase();
  return methods.has(upper) ? upper : null;
}

let lastText: string | undefined;
let lastIp: string | null = null;

/** As canonicalIp. Validation asks, and then whoever stores it. */
export function ipOf(text: string): string | null {
  if (text !== lastText) {
    lastIp = canonicalIp(text);
    lastText = text;
  }
  return lastIp;
}

Format.Set('ip', (text) => ipOf(text) !== null);
Format.Set('http-method', (text) => methodOf(text) !== null);

const timestamp = Type.String({ format: 'date-time' });
const ip = Type.String({ format: 'ip' });
const path = boundedText(MAX_PATH_LENGTH);
const userAgent = boundedText(MAX_USER_AGENT_LENGTH);

// Clients of typed languages write null for what is absent.
const optional = <T extends Type.TSchema>(schema: T, description: string) =>
  Type.Optional(Type.Union([schema, Type.Null()], { description }));

const fields = {
  timestamp: optional(timestamp, 'RFC 3339; default: the time of receipt'),
  ip: optional(ip, 'IPv4 or IPv6, in any spelling'),
  method: optional(Type.String({ format: 'http-method' }), `In any case: ${METHODS.join(', ')}`),
  path: optional(path, 'Of `ip` and `path` (or `url`) at least one must be there'),
  url: optional(path, 'The same as `path`, which goes before it'),
  status: optional(Type.Integer({ minimum: 100, maximum: 599 }), 'HTTP status'),
  latency_ms: optional(Type.Number({ minimum: 0, maximum: MAX_LATENCY_MS }), 'Milliseconds'),
  user_agent: optional(userAgent, 'Of the client'),
  userAgent: optional(userAgent, 'The same as `user_agent`, which goes before it'),
};

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
export const AccessEntrySchema = Type.Object(fields, {
  title: 'AccessEntry',
  description: 'An access entry. Other fields are ignored.',
  examples: [example],
});
export type RawAccessEntry = Static<typeof AccessEntrySchema>;

/** An entry that comes alone: it must say when and from where. */
export const LoneAccessEntrySchema = Type.Object(
  { ...fields, timestamp, ip },
  {
    title: 'LoneAccessEntry',
    description: 'An access entry sent alone. Other fields are ignored.',
    examples: [example],
  },
);

/** A compiled schema of entries. */
export interface EntryCheck {
  passes(value: unknown): value is RawAccessEntry;
  /** Why it did not pass; slow. */
  errors(value: unknown): RecordError[];
}

const WANTED = {
  ip: 'must be an IPv4 or IPv6 address',
  method: `must be one of ${METHODS.join(', ')}`,
  status: 'must be a whole number from 100 to 599',
  latency_ms: 'must be a number of milliseconds, 0 or more',
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
