import type { EventPosition, SortColumn } from '../core/ports/event-reader.js';
import { EVENT_TYPES, PRIORITIES } from '../core/records/event.js';
import { CursorCodec, isId, isText, isTime } from '../http/query/cursor.js';

export interface EventPlace extends EventPosition {
  /** Of the page that begins after it: who walks by cursor is told where they are. */
  pageNumber: number;
}

const MOST_PAGES = 1e10;

/** The cursors of events in an order. */
export function eventCursors(sortBy: SortColumn): CursorCodec<EventPlace> {
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
