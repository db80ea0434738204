import { ApiCachedAnswer } from '../http/query/caching.js';
import { ApiAnswer, ApiPage, ApiNotFound } from '../http/query/openapi.js';
import { integer, listOf, orNull, record, text, storedEvent } from '../http/query/schemas.js';
import { applyDecorators } from '@nestjs/common';
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
    warnings: listOf(text, 'Parameters that were ignored, and whether the page ends early'),
  },
  { optional: ['total_count_estimated'] },
);

/** 200 with a list of events. */
export function ApiEvents() {
  return ApiPage({
    description: 'Newest first; fewer than asked for where more would be about 2 MB of JSON',
    message: 'Retrieved 50 recent logs',
    data: listOf(storedEvent),
    nextCursor: '`cursor` of logs/filter to go on by; null where that is all',
  });
}

/** 200 with a page of events. */
export function ApiFilteredPage() {
  return ApiCachedAnswer({
    description: 'A page; it ends early, and says so, at about 2 MB of JSON',
    message: 'Retrieved 50 filtered logs (page 1 of 20)',
    data: filteredPage,
  });
}

/** 200 with an event, or 404. */
export function ApiEvent() {
  return applyDecorators(
    ApiAnswer({ description: 'The event', message: 'Log retrieved successfully', data: storedEvent }),
    ApiNotFound('The project has no event with this event_id, or there is no such project'),
  );
}
