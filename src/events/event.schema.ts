import { Compile, type XStatic } from 'typebox/schema';
import { EVENT_TYPES, PRIORITIES } from '../core/records/event.js';
import { boundedText, DATE_TIME, NULL, recordErrors, type RecordError } from '../http/query/record-schema.js';

// Clients of typed languages write null for what is absent.
const optional = <const Schema extends object>(schema: Schema, description?: string) =>
  ({ anyOf: [schema, NULL], ...(description && { description }) }) as const;
const object = { type: 'object', properties: {}, additionalProperties: true } as const;

/** The one declaration of an event: what OpenAPI shows, what TypeScript knows, and what the compiled check holds. */
export const EventSchema = {
  type: 'object',
  title: 'Event',
  description: 'An event. Other fields are ignored.',
  required: ['event_id', 'event_type', 'event_name'],
  properties: {
    event_id: {
      ...boundedText(255),
      minLength: 1,
      description:
        'Chosen by the client, unique within its project: an event that is sent again is stored only once',
    },
    event_type: { enum: EVENT_TYPES },
    event_name: { ...boundedText(100), minLength: 1 },
    timestamp: optional(DATE_TIME, 'RFC 3339; default: the time of receipt'),
    properties: optional(object, 'Anything; `duration_ms` (number) and `tags.provider` (string) are counted'),
    device_info: optional(object, 'Anything about the device'),
    user_id: optional(boundedText(255), 'Who'),
    session_id: optional(boundedText(255), 'Session of the event'),
    app_version: optional(boundedText(50), 'Version of the app'),
    sequence_number: optional({ type: 'integer', minimum: -2147483648, maximum: 2147483647 }),
    priority: optional({ enum: PRIORITIES }),
  },
  examples: [
    {
      event_id: '0192f0c1-7d1e-7cc3-98c4-dc0c0c07398f',
      event_type: 'behavioral',
      event_name: 'screen_view',
      timestamp: '2026-11-20T10:00:00.123Z',
      user_id: 'u-1',
      session_id: 's-1',
      app_version: '1.4.2',
      properties: { screen: 'home', duration_ms: 182, tags: { provider: 'acme' } },
      device_info: { os: 'iOS', model: 'iPhone 17' },
    },
  ],
} as const;
export type RawEvent = XStatic<typeof EventSchema>;

/** A batch as OpenAPI shows it. Its events are checked one by one. */
export const EventBatchSchema = {
  type: 'object',
  title: 'EventBatch',
  required: ['logs'],
  properties: {
    logs: {
      type: 'array',
      items: EventSchema,
      minItems: 1,
      maxItems: 1000,
      description: 'At most MAX_BATCH_SIZE (1000). Invalid ones are listed in `rejected`',
    },
  },
};

const validator = Compile(EventSchema);

export function isEvent(value: unknown): value is RawEvent {
  return validator.Check(value);
}

const WANTED = {
  event_type: `must be one of ${EVENT_TYPES.join(', ')}`,
  priority: `must be one of ${PRIORITIES.join(', ')}`,
  sequence_number: 'must be a 32-bit integer',
};

/** What is wrong with a value that is no event: one error a field. */
export function eventErrors(value: unknown): RecordError[] {
  return recordErrors(validator, value, WANTED);
}
