import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ApiNotFound, envelope } from '../api/openapi.js';
import { EVENT_TYPES, PRIORITIES } from '../core/event.js';

const text = { type: 'string' } as const;
const textOrNull = { type: 'string', nullable: true } as const;
const integer = { type: 'integer' } as const;
const integerOrNull = { type: 'integer', nullable: true } as const;
const time = { type: 'string', format: 'date-time' } as const;

const storedEvent = {
  type: 'object',
  properties: {
    id: integer,
    event_id: text,
    event_type: { type: 'string', enum: [...EVENT_TYPES] },
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
    priority: { type: 'string', enum: [...PRIORITIES] },
    created_at: { ...time, description: 'Time of receipt' },
    processed_at: { ...time, description: 'Time of storing' },
  },
} as const;

const filteredPage = {
  type: 'object',
  properties: {
    logs: { type: 'array', items: storedEvent },
    total_count: { ...integerOrNull, description: 'null with count=none' },
    total_count_estimated: {
      type: 'boolean',
      enum: [true],
      description: 'Only there when total_count is an estimate',
    },
    page: integer,
    page_size: integer,
    total_pages: integerOrNull,
    next_cursor: { ...textOrNull, description: 'null on the last page' },
    warnings: { type: 'array', items: text, description: 'Parameters that were ignored' },
  },
} as const;

function ok(description: string, message: string, data: object) {
  return ApiResponse({ status: 200, description, schema: envelope(message, data) });
}

/** 200 with a list of events. */
export function ApiEvents() {
  return ok('Newest first', 'Retrieved 50 recent logs', { type: 'array', items: storedEvent });
}

/** 200 with a page of events. */
export function ApiFilteredPage() {
  return ok('A page', 'Retrieved 50 filtered logs (page 1 of 20)', filteredPage);
}

/** 200 with an event, or 404. */
export function ApiEvent() {
  return applyDecorators(
    ok('The event', 'Log retrieved successfully', storedEvent),
    ApiNotFound('The project has no event with this event_id'),
  );
}
