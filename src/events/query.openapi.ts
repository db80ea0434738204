import { ApiAnswer, ApiNotFound } from '../api/openapi.js';
import { integer, listOf, orNull, record, text } from '../api/schemas.js';
import { applyDecorators } from '@nestjs/common';
import { storedEvent } from '../api/stored-event.openapi.js';

const filteredPage = record(
  {
    logs: listOf(storedEvent),
    total_count: { ...orNull(integer), description: 'null with count=none' },
    total_count_estimated: {
      type: 'boolean',
      const: true,
      description: 'Only there when total_count is an estimate',
    },
    page: integer,
    page_size: integer,
    total_pages: orNull(integer),
    next_cursor: { ...orNull(text), description: 'null on the last page' },
    warnings: listOf(text, 'Parameters that were ignored'),
  },
  { optional: ['total_count_estimated'] },
);

/** 200 with a list of events. */
export function ApiEvents() {
  const message = 'Retrieved 50 recent logs';
  return ApiAnswer({ description: 'Newest first', message, data: listOf(storedEvent) });
}

/** 200 with a page of events. */
export function ApiFilteredPage() {
  const message = 'Retrieved 50 filtered logs (page 1 of 20)';
  return ApiAnswer({ description: 'A page', message, data: filteredPage });
}

/** 200 with an event, or 404. */
export function ApiEvent() {
  return applyDecorators(
    ApiAnswer({ description: 'The event', message: 'Log retrieved successfully', data: storedEvent }),
    ApiNotFound('The project has no event with this event_id, or there is no such project'),
  );
}
