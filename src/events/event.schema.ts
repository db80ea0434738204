import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { TLocalizedValidationError } from 'typebox/error';
import Format from 'typebox/format';
import { EVENT_TYPES, PRIORITIES } from '../core/event.js';
import { parseRfc3339 } from '../core/rfc3339.js';

Format.Set('date-time', (text) => parseRfc3339(text) !== null);

// Clients of typed languages write null for what is absent.
const optionalText = (maxLength: number, description: string) =>
  Type.Optional(Type.Union([Type.String({ maxLength }), Type.Null()], { description }));
const optionalObject = (description: string) =>
  Type.Optional(Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()], { description }));

/** The one declaration of an event: what OpenAPI shows, what TypeScript knows, and what the compiled check holds. */
export const EventSchema = Type.Object(
  {
    event_id: Type.String({
      minLength: 1,
      maxLength: 255,
      description: 'Made by the client, unique in its project: sending it again stores nothing twice',
    }),
    event_type: Type.Enum([...EVENT_TYPES]),
    event_name: Type.String({ minLength: 1, maxLength: 100 }),
    timestamp: Type.Optional(
      Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
        description: 'RFC 3339; default: the time of receipt',
      }),
    ),
    properties: optionalObject('Anything; `duration_ms` (number) and `tags.provider` (string) are counted'),
    device_info: optionalObject('Anything about the device'),
    user_id: optionalText(255, 'Who'),
    session_id: optionalText(255, 'In which session'),
    app_version: optionalText(50, 'Of which release'),
    sequence_number: Type.Optional(
      Type.Union([Type.Integer({ minimum: -2147483648, maximum: 2147483647 }), Type.Null()]),
    ),
    priority: Type.Optional(Type.Union([Type.Enum([...PRIORITIES]), Type.Null()])),
  },
  {
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

const validator = Compile(EventSchema);

export function isEvent(value: unknown): value is RawEvent {
  return validator.Check(value);
}

/** Why an event is refused. `type` is for the metrics: a word of a small set. */
export interface EventError {
  field: string;
  message: string;
  type: 'required' | 'type' | 'length' | 'format' | 'value' | 'unstorable' | 'size';
}

/** What is wrong with a value that is no event: one error a field. Slow (it interprets the schema): for bad ones only. */
export function eventErrors(value: unknown): EventError[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ field: '', message: 'must be an object', type: 'type' }];
  }
  const errors = new Map<string, EventError>();
  for (const error of validator.Errors(value)) {
    if (error.keyword === 'required') {
      const { requiredProperties } = error.params;
      for (const field of requiredProperties)
        errors.set(field, { field, message: 'is required', type: 'required' });
      continue;
    }
    const field = error.instancePath.split('/')[1];
    // Of the branches of a nullable field the first tells what is wanted.
    if (!errors.has(field)) errors.set(field, { field, ...explain(field, error) });
  }
  return [...errors.values()];
}

function explain(field: string, error: TLocalizedValidationError): Omit<EventError, 'field'> {
  if (field === 'event_type') return { message: `must be one of ${EVENT_TYPES.join(', ')}`, type: 'value' };
  if (field === 'priority') return { message: `must be one of ${PRIORITIES.join(', ')}`, type: 'value' };
  if (field === 'sequence_number') return { message: 'must be a whole number of 32 bits', type: 'value' };
  switch (error.keyword) {
    case 'minLength':
      return { message: 'must not be empty', type: 'length' };
    case 'maxLength':
      return { message: `must not be longer than ${error.params.limit} characters`, type: 'length' };
    case 'format':
      return { message: 'must be an RFC 3339 date and time, such as 2026-11-20T10:00:00Z', type: 'format' };
    default:
      return {
        message: error.message
          .replace(/must be (?=object)/, 'must be an ')
          .replace(/must be (?=string)/, 'must be a '),
        type: 'type',
      };
  }
}
