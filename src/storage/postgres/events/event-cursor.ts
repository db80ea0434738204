import type { EventFilter, SortColumn } from '../../../core/event-reader.js';
import { EVENT_TYPES, PRIORITIES } from '../../../core/event.js';
import { decodeCursor, encodeCursor, isId, isText, isTime } from '../../page-cursor.js';

/** Where a page ended: enough of its last row to go on after it, whatever the sort. */
export interface Position {
  /** Of the sort column; null where the row has none. */
  value: string | number | null;
  /** RFC 3339, with the microseconds. */
  createdAt: string;
  id: number;
}

/** What a cursor belongs to. */
export interface PagedQuery {
  projectId: number;
  filter: EventFilter;
  sortBy: SortColumn;
  descending: boolean;
}

export function encodeEventCursor(query: PagedQuery, { value, createdAt, id }: Position): string {
  return encodeCursor(identityOf(query), [value, createdAt, id]);
}

/** @throws SightlineError `invalid_cursor` */
export function decodeEventCursor(query: PagedQuery, cursor: string): Position {
  const isPosition = (parts: readonly unknown[]): parts is [Position['value'], string, number] =>
    parts.length === 3 && isValue(query.sortBy, parts[0]) && isTime(parts[1]) && isId(parts[2]);
  const [value, createdAt, id] = decodeCursor(identityOf(query), cursor, isPosition);
  return { value, createdAt, id };
}

function identityOf({ projectId, filter, sortBy, descending }: PagedQuery): unknown {
  const { eventType, eventName, userId, sessionId, appVersion, priority, providerName } = filter;
  const equalities = [eventType, eventName, userId, sessionId, appVersion, priority, providerName];
  const properties = filter.properties.map(({ path, value }) => [path, value]);
  const range = [filter.timeField, filter.from, filter.to];
  return [projectId, equalities, properties, range, sortBy, descending];
}

function isValue(sortBy: SortColumn, value: unknown): value is Position['value'] {
  if (sortBy === 'id') return isId(value);
  if (sortBy === 'timestamp' || sortBy === 'created_at') return isTime(value);
  if (sortBy === 'event_type') return EVENT_TYPES.some((type) => type === value);
  if (sortBy === 'priority') return PRIORITIES.some((priority) => priority === value);
  if (value === null) return sortBy === 'user_id' || sortBy === 'session_id' || sortBy === 'app_version';
  return isText(value, MAX_LENGTH[sortBy]);
}

const MAX_LENGTH = { event_id: 255, event_name: 100, user_id: 255, session_id: 255, app_version: 50 };
