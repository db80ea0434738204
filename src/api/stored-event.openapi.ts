import { EVENT_TYPES, PRIORITIES } from '../core/event.js';

const text = { type: 'string' } as const;
const textOrNull = { type: 'string', nullable: true } as const;
const integer = { type: 'integer' } as const;
const integerOrNull = { type: 'integer', nullable: true } as const;
const time = { type: 'string', format: 'date-time' } as const;

/** An event as it is answered. */
export const storedEvent = {
  type: 'object',
  properties: {
    id: integer,
    event_id: text,
    event_type: { type: 'string', enum: [...EVENT_TYPES] as string[] },
    event_name: text,
    timestamp: time,
    reported_timestamp: {
      ...time,
      nullable: true,
      description: 'What the device claimed, when it was far ahead',
    },
    properties: { type: 'object', additionalProperties: true },
    device_info: { type: 'object', additionalProperties: true },
    user_id: textOrNull,
    session_id: textOrNull,
    app_version: textOrNull,
    sequence_number: integerOrNull,
    priority: { type: 'string', enum: [...PRIORITIES] as string[] },
    created_at: { ...time, description: 'Time of receipt' },
    processed_at: { ...time, description: 'Time of storing' },
  },
} as const;
