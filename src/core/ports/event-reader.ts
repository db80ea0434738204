import type { EventType, Priority, StoredEvent } from '../records/event.js';
import type { Micros } from '../time.js';

export const SORT_COLUMNS = [
  'id',
  'event_id',
  'timestamp',
  'event_type',
  'event_name',
  'user_id',
  'session_id',
  'app_version',
  'priority',
  'created_at',
] as const;
export type SortColumn = (typeof SORT_COLUMNS)[number];

/** Which events of a project; what is absent does not narrow. */
export interface EventFilter {
  eventType?: EventType;
  eventName?: string;
  userId?: string;
  sessionId?: string;
  appVersion?: string;
  priority?: Priority;
  providerName?: string;
  /** `properties` at this path equals this value, as a string or as the JSON that it spells (number, boolean, null). */
  properties: { path: string[]; value: string }[];
  timeField: 'created_at' | 'timestamp';
  /** Inclusive. */
  from?: Micros;
  /** Exclusive. */
  to?: Micros;
}

/** Where a page ended: enough of its last row to go on after it, whatever the sort. */
export interface EventPosition {
  /** Of the sort column; null where the row has none. */
  value: string | number | null;
  /** RFC 3339, with the microseconds. */
  createdAt: string;
  id: number;
}

export interface PageRequest {
  sortBy: SortColumn;
  descending: boolean;
  pageSize: number;
  /** Rows to skip; 0 with `after`. */
  offset: number;
  /** `next` of an earlier page of the same query. */
  after?: EventPosition;
  /** The page ends early, but not before its first event, where its events have more JSON than this. */
  maxBytes: number;
}

export interface Page {
  events: StoredEvent[];
  /** null on the last page. */
  next: EventPosition | null;
  /** Of all that the filter finds, exactly, where a first page came across it: of what is few. */
  total: number | null;
}

export interface Count {
  total: number;
  estimated: boolean;
}

/** Reads rows. Each method sees one project only. */
export abstract class EventReader {
  abstract byEventId(projectId: number, eventId: string): Promise<StoredEvent | null>;

  abstract page(projectId: number, filter: EventFilter, page: PageRequest): Promise<Page>;

  /** `auto`: exact up to 10,000 rows, and for all rows by one rollup dimension; past that the planner's estimate. */
  abstract count(projectId: number, filter: EventFilter, mode: 'auto' | 'exact'): Promise<Count>;
}
