import { SORT_COLUMNS, type SortColumn } from '../core/ports/event-reader.js';
import { EventFilterQuery } from '../http/query/event-filter.js';
import { ProjectQuery } from '../http/query/project-query.js';
import {
  MAX_SKIPPED,
  TransformText,
  RATHER_THAN_SKIP,
  Text,
  Time,
  Integer,
  OneOf,
} from '../http/query/query-checks.js';

const COUNT_MODES = ['auto', 'exact', 'none'] as const;
export type CountMode = (typeof COUNT_MODES)[number];
const TIME_FIELDS = ['created_at', 'timestamp'] as const;
const MAX_PAGE_SIZE = 1000;

export class RecentQuery extends ProjectQuery {
  @Integer(1, MAX_PAGE_SIZE, { default: 50, description: 'Number of events to return' })
  limit?: number;
}

/** Which events, and in what order. */
export class EventsQuery extends EventFilterQuery {
  @Time('Inclusive')
  start_time?: string;

  @Time('Exclusive')
  end_time?: string;

  @OneOf(TIME_FIELDS, {
    default: 'created_at',
    description: 'The time that start_time and end_time refer to',
  })
  time_field?: (typeof TIME_FIELDS)[number];

  @OneOf(SORT_COLUMNS, { default: 'created_at', description: 'Events without a value come last' })
  sort_by?: SortColumn;

  @TransformText((text) => text.toLowerCase())
  @OneOf(['asc', 'desc'], { default: 'desc', description: 'Case-insensitive' })
  sort_order?: 'asc' | 'desc';
}

export class FilterQuery extends EventsQuery {
  @Integer(
    1,
    MAX_SKIPPED + 1,
    {
      default: 1,
      description: `Page number, with at most ${MAX_SKIPPED} events before it; next_cursor is faster and has no such limit`,
    },
    RATHER_THAN_SKIP,
  )
  page?: number;

  @Integer(1, MAX_PAGE_SIZE, { default: 50, description: 'Events per page' })
  page_size?: number;

  @Integer(1, MAX_PAGE_SIZE, { description: 'Alias of page_size' })
  limit?: number;

  @Text(8192, 'next_cursor of the previous page; the filters and the sort order must be the same')
  cursor?: string;

  @OneOf(COUNT_MODES, {
    default: 'auto',
    description: 'auto: exact where that is cheap, otherwise an estimate flagged as such',
  })
  count?: CountMode;
}
