import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ApiNotFound, envelope } from '../api/openapi.js';
import { storedEvent } from '../api/stored-event.openapi.js';

const text = { type: 'string' } as const;
const textOrNull = { type: 'string', nullable: true } as const;
const integer = { type: 'integer' } as const;
const integerOrNull = { type: 'integer', nullable: true } as const;

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
    warnings: {
      type: 'array',
      items: text,
      description: 'Parameters that were ignored, and whether the page ends early',
    },
  },
} as const;

function ok(description: string, message: string, data: object) {
  return ApiResponse({ status: 200, description, schema: envelope(message, data) });
}

/** 200 with a list of events. */
export function ApiEvents() {
  const { type, properties } = envelope('Retrieved 50 recent logs', { type: 'array', items: storedEvent });
  const next_cursor = {
    ...textOrNull,
    description: '`cursor` of logs/filter to go on by; null where that is all',
  };
  return ApiResponse({
    status: 200,
    description: 'Newest first; fewer than asked for where more would be about 4 MB of JSON',
    schema: { type, properties: { ...properties, next_cursor } },
  });
}

/** 200 with a page of events. */
export function ApiFilteredPage() {
  return ok(
    'A page; it ends early, and says so, at about 4 MB of JSON',
    'Retrieved 50 filtered logs (page 1 of 20)',
    filteredPage,
  );
}

/** 200 with an event, or 404. */
export function ApiEvent() {
  return applyDecorators(
    ok('The event', 'Log retrieved successfully', storedEvent),
    ApiNotFound('The project has no event with this event_id'),
  );
}
