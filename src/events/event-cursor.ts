import type { EventFilter, EventPosition, SortColumn } from '../core/event-reader.js';
import { EVENT_TYPES, PRIORITIES } from '../core/event.js';
import { decodeCursor, encodeCursor, isId, isText, isTime } from '../http/query/cursor.js';

const MOST_PAGES = 1e10;

export interface EventPlace {
  /** Of the page that begins after it: who walks by cursor is told where they are. */
  pageNumber: number;
  after: EventPosition;
}

/** What a cursor belongs to. */
export interface PagedQuery {
  projectId: number;
  filter: EventFilter;
  sortBy: SortColumn;
  descending: boolean;
}

export function encodeEventCursor(query: PagedQuery, { pageNumber, after }: EventPlace): string {
  return encodeCursor(identityOf(query), [pageNumber, after.value, after.createdAt, after.id]);
}

/** @throws SightlineError `invalid_cursor` */
export function decodeEventCursor(query: PagedQuery, cursor: string): EventPlace {
  const isPosition = (
    parts: readonly unknown[],
  ): parts is [number, EventPosition['value'], string, number] => {
    const [pageNumber, value, createdAt, id] = parts;
    const isPage = isId(pageNumber) && pageNumber > 0 && pageNumber <= MOST_PAGES;
    return parts.length === 4 && isPage && isValue(query.sortBy, value) && isTime(createdAt) && isId(id);
  };
  const [pageNumber, value, createdAt, id] = decodeCursor(identityOf(query), cursor, isPosition);
  return { pageNumber, after: { value, createdAt, id } };
}

function identityOf({ projectId, filter, sortBy, descending }: PagedQuery): unknown {
  return ['events', projectId, filter, sortBy, descending];
}

function isValue(sortBy: SortColumn, value: unknown): value is EventPosition['value'] {
  if (sortBy === 'id') return isId(value);
  if (sortBy === 'timestamp' || sortBy === 'created_at') return isTime(value);
  if (sortBy === 'event_type') return EVENT_TYPES.some((type) => type === value);
  if (sortBy === 'priority') return PRIORITIES.some((priority) => priority === value);
  if (value === null) return sortBy === 'user_id' || sortBy === 'session_id' || sortBy === 'app_version';
  return isText(value, MAX_LENGTH[sortBy]);
}

const MAX_LENGTH = { event_id: 255, event_name: 100, user_id: 255, session_id: 255, app_version: 50 };
