import type { FieldError } from '../core/errors.js';
import type { EventFilter, EventPosition, PageRequest, SortColumn } from '../core/ports/event-reader.js';
import { EVENT_TYPES, PRIORITIES } from '../core/records/event.js';
import { CursorCodec, isId, isText, isTime } from '../http/query/cursor.js';
import { equalityFilter } from '../http/query/event-filter.js';
import { MAX_SKIPPED, microsOf, RATHER_THAN_SKIP } from '../http/query/query-checks.js';
import { ignored, refuse } from '../http/query/query-parameters.js';
import type { CountMode, EventsQuery, FilterQuery } from './query.dto.js';

const DEFAULT_PAGE_SIZE = 50;

type Order = Pick<PageRequest, 'sortBy' | 'descending'>;

/** What `GET /logs/filter` asks for. */
export interface FilterRequest {
  projectId: number;
  filter: EventFilter;
  request: Omit<PageRequest, 'maxBytes'>;
  /** Of the page asked for, from 1. */
  pageNumber: number;
  count: CountMode;
  /** What was ignored. */
  warnings: string[];
}

/**
 * @throws SightlineError that names the parameters that do not go together, and every `prop.` that is wrong; `invalid_cursor`
 */
export function filterRequest(projectId: number, query: FilterQuery): FilterRequest {
  const errors: FieldError[] = [];
  const { filter, unknown } = eventFilter(query, errors);
  const { pageSize, page, offset } = placeOf(query, errors);
  refuse(errors);
  const order = orderOf(query);
  const place = eventCursors(order.sortBy).decode(identityOf(projectId, filter, order), query.cursor);
  const { pageNumber = page, ...after } = place ?? {};
  const request = { ...order, pageSize, offset, ...(place && { after: after as EventPosition }) };
  const { count = 'auto' } = query;
  return { projectId, filter, request, pageNumber, count, warnings: unknown.map(ignored) };
}

/** What `GET /logs/recent` asks for: the first page of what `/logs/filter` gives without parameters. */
export function recentRequest(projectId: number, limit: number): FilterRequest {
  const all = filterRequest(projectId, { others: [] });
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
export function orderOf(query: EventsQuery): Order {
  return { sortBy: query.sort_by ?? 'created_at', descending: query.sort_order !== 'asc' };
}

function placeOf({ page, page_size, limit, cursor }: FilterQuery, errors: FieldError[]) {
  if (page_size !== undefined && limit !== undefined) {
    errors.push({ field: 'limit', message: 'is another name of page_size: give one of them' });
  }
  if (cursor !== undefined && page !== undefined && page > 1) {
    errors.push({ field: 'page', message: 'does not go with a cursor: give one of them' });
  }
  const pageSize = page_size ?? limit ?? DEFAULT_PAGE_SIZE;
  const offset = cursor === undefined ? ((page ?? 1) - 1) * pageSize : 0;
  if (offset > MAX_SKIPPED) {
    errors.push({
      field: 'page',
      message: `must not skip more than ${MAX_SKIPPED} events: ${RATHER_THAN_SKIP}`,
    });
  }
  return { pageSize, page: page ?? 1, offset };
}

/** The cursor of the page after this one, which ended at `next`. */
export function nextCursorOf(
  { projectId, filter, request, pageNumber }: FilterRequest,
  next: EventPosition | null,
): string | null {
  const place = next && { ...next, pageNumber: pageNumber + 1 };
  return eventCursors(request.sortBy).encode(identityOf(projectId, filter, request), place);
}

function identityOf(projectId: number, filter: EventFilter, { sortBy, descending }: Order): unknown {
  return ['events', projectId, filter, sortBy, descending];
}

interface EventPlace extends EventPosition {
  /** Of the page that begins after it: who walks by cursor is told where they are. */
  pageNumber: number;
}

const MOST_PAGES = 1e10;

/** The cursors of events in an order. */
function eventCursors(sortBy: SortColumn): CursorCodec<EventPlace> {
  return new CursorCodec<EventPlace>({
    pageNumber: (value) => isId(value) && value > 0 && value <= MOST_PAGES,
    value: (value) => isValue(sortBy, value),
    createdAt: isTime,
    id: isId,
  });
}

function isValue(sortBy: SortColumn, value: unknown): boolean {
  if (sortBy === 'id') return isId(value);
  if (sortBy === 'timestamp' || sortBy === 'created_at') return isTime(value);
  if (sortBy === 'event_type') return EVENT_TYPES.some((type) => type === value);
  if (sortBy === 'priority') return PRIORITIES.some((priority) => priority === value);
  if (value === null) return sortBy === 'user_id' || sortBy === 'session_id' || sortBy === 'app_version';
  return isText(value, MAX_LENGTH[sortBy]);
}

const MAX_LENGTH = { event_id: 255, event_name: 100, user_id: 255, session_id: 255, app_version: 50 };
