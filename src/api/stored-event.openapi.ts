import { EVENT_TYPES, PRIORITIES } from '../core/event.js';
import { integer, mapOf, oneWord, orNull, record, text, time } from './schemas.js';

/** An event as it is answered. */
export const storedEvent = record(
  {
    id: integer,
    event_id: text,
    event_type: oneWord(EVENT_TYPES),
    event_name: text,
    timestamp: time,
    reported_timestamp: {
      ...orNull(time),
      description: 'The timestamp that the device sent, if it was too far ahead',
    },
    properties: mapOf(true),
    device_info: mapOf(true),
    user_id: orNull(text),
    session_id: orNull(text),
    app_version: orNull(text),
    sequence_number: orNull(integer),
    priority: oneWord(PRIORITIES),
    created_at: { ...time, description: 'Time of receipt' },
    processed_at: { ...time, description: 'Time of storing' },
  },
  { title: 'StoredEvent' },
);
