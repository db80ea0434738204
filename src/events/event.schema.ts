import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { EVENT_TYPES, PRIORITIES } from '../core/event.js';
import { boundedText, recordErrors, type RecordError } from '../http/query/record-schema.js';

// Clients of typed languages write null for what is absent.
const optionalText = (maxLength: number, description: string) =>
  Type.Optional(Type.Union([boundedText(maxLength), Type.Null()], { description }));
const optionalObject = (description: string) =>
  Type.Optional(Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], { description }));

/** The one declaration of an event: what OpenAPI shows, what TypeScript knows, and what the compiled check holds. */
export const EventSchema = Type.Object(
  {
    event_id: boundedText(255, {
      minLength: 1,
      description:
        'Chosen by the client, unique within its project: an event that is sent again is stored only once',
    }),
    event_type: Type.Enum([...EVENT_TYPES]),
    event_name: boundedText(100, { minLength: 1 }),
    timestamp: Type.Optional(
      Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
        description: 'RFC 3339; default: the time of receipt',
      }),
    ),
    properties: optionalObject('Anything; `duration_ms` (number) and `tags.provider` (string) are counted'),
    device_info: optionalObject('Anything about the device'),
    user_id: optionalText(255, 'Who'),
    session_id: optionalText(255, 'Session of the event'),
    app_version: optionalText(50, 'Version of the app'),
    sequence_number: Type.Optional(
      Type.Union([Type.Integer({ minimum: -2147483648, maximum: 2147483647 }), Type.Null()]),
    ),
    priority: Type.Optional(Type.Union([Type.Enum([...PRIORITIES]), Type.Null()])),
  },
  {
    title: 'Event',
    description: 'An event. Other fields are ignored.',
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
  },
);
export type RawEvent = Static<typeof EventSchema>;

/** A batch as OpenAPI shows it. Its events are checked one by one. */
export const EventBatchSchema = Type.Object(
  {
    logs: Type.Array(EventSchema, {
      minItems: 1,
      maxItems: 1000,
      description: 'At most MAX_BATCH_SIZE (1000). Invalid ones are listed in `rejected`',
    }),
  },
  { title: 'EventBatch' },
);

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
