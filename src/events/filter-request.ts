import type { FieldError } from '../core/errors.js';
import type { EventFilter, PageRequest } from '../core/event-reader.js';
import { equalityFilter } from '../http/query/event-filter.js';
import { MAX_SKIPPED, microsOf, RATHER_THAN_SKIP } from '../http/query/query-checks.js';
import { ignored, refuse } from '../http/query/query-parameters.js';
import type { CountMode, EventsQuery, FilterQuery } from './query.dto.js';

const DEFAULT_PAGE_SIZE = 50;

/** What `GET /logs/filter` asks for. */
export interface FilterRequest {
  filter: EventFilter;
  request: Omit<PageRequest, 'maxBytes'>;
  /** Of the page asked for, from 1. */
  pageNumber: number;
  count: CountMode;
  /** What was ignored. */
  warnings: string[];
}

/** @throws SightlineError that names the parameters that do not go together, and every `prop.` that is wrong. */
export function filterRequest(query: FilterQuery): FilterRequest {
  const errors: FieldError[] = [];
  const { filter, unknown } = eventFilter(query, errors);
  const place = placeOf(query, errors);
  refuse(errors);
  return { ...place, filter, count: query.count ?? 'auto', warnings: unknown.map(ignored) };
}

/** What `GET /logs/recent` asks for: the first page of what `/logs/filter` gives without parameters. */
export function recentRequest(limit: number): FilterRequest {
  const all = filterRequest({ others: [] });
  return { ...all, request: { ...all.request, pageSize: limit } };
}

/** Which events a query is about, and the names of the parameters that mean nothing. */
export function eventFilter(
  query: EventsQuery,
  errors: FieldError[],
): { filter: EventFilter; unknown: string[] } {
  const { filter, unknown } = equalityFilter(query, errors);
  const [from, to] = [microsOf(query.start_time), microsOf(query.end_time)];
  if (from !== undefined && to !== undefined && from >= to) {
    errors.push({ field: 'end_time', message: 'must be after start_time' });
  }
  return { filter: { ...filter, timeField: query.time_field ?? 'created_at', from, to }, unknown };
}

/** In what order, newest first unless it says otherwise. */
export function orderOf(query: EventsQuery): Pick<PageRequest, 'sortBy' | 'descending'> {
  return { sortBy: query.sort_by ?? 'created_at', descending: query.sort_order !== 'asc' };
}

// A cursor carries the number of its page in front, so that whoever walks by cursor is told where they are.
function placeOf(query: FilterQuery, errors: FieldError[]): Pick<FilterRequest, 'request' | 'pageNumber'> {
  const { page, page_size, limit, cursor } = query;
  if (page_size !== undefined && limit !== undefined) {
    errors.push({ field: 'limit', message: 'is another name of page_size: give one of them' });
  }
  if (cursor !== undefined && page !== undefined && page > 1) {
    errors.push({ field: 'page', message: 'does not go with a cursor: give one of them' });
  }
  const [, cursorPage, cursorText] = /^([1-9]\d{0,9})\.(.+)$/s.exec(cursor ?? '') ?? [];
  if (cursor !== undefined && cursorText === undefined) {
    errors.push({ field: 'cursor', message: 'is not a next_cursor of this server' });
  }
  const pageSize = page_size ?? limit ?? DEFAULT_PAGE_SIZE;
  const pageNumber = Number(cursorPage ?? page ?? 1);
  const offset = cursor === undefined ? (pageNumber - 1) * pageSize : 0;
  if (offset > MAX_SKIPPED) {
    errors.push({
      field: 'page',
      message: `must not skip more than ${MAX_SKIPPED} events: ${RATHER_THAN_SKIP}`,
    });
  }
  return { pageNumber, request: { ...orderOf(query), pageSize, offset, cursor: cursorText } };
}

/** The cursor of the page after this one, as clients are given it. */
export function cursorOfNextPage({ pageNumber }: FilterRequest, nextCursor: string | null): string | null {
  return nextCursor === null ? null : `${pageNumber + 1}.${nextCursor}`;
}
