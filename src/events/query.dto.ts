import { EventFilterQuery } from '../api/event-filter.js';
import { ProjectQuery } from '../api/project-query.js';
import { MAX_SKIPPED, OfText, RATHER_THAN_SKIP, Text, Time, Whole, Word } from '../api/query-checks.js';
import { SORT_COLUMNS, type SortColumn } from '../core/event-reader.js';

const COUNT_MODES = ['auto', 'exact', 'none'] as const;
export type CountMode = (typeof COUNT_MODES)[number];
const TIME_FIELDS = ['created_at', 'timestamp'] as const;
const MAX_PAGE_SIZE = 1000;

export class RecentQuery extends ProjectQuery {
  @Whole(1, MAX_PAGE_SIZE, { default: 50, description: 'Events to give' })
  limit?: number;
}

/** Which events, and in what order. */
export class EventsQuery extends EventFilterQuery {
  @Time('Inclusive')
  start_time?: string;

  @Time('Exclusive')
  end_time?: string;

  @Word(TIME_FIELDS, { default: 'created_at', description: 'Which time start_time and end_time are about' })
  time_field?: (typeof TIME_FIELDS)[number];

  @Word(SORT_COLUMNS, { default: 'created_at', description: 'Events without a value come last' })
  sort_by?: SortColumn;

  @OfText((text) => text.toLowerCase())
  @Word(['asc', 'desc'], { default: 'desc', description: 'In any case' })
  sort_order?: 'asc' | 'desc';
}

export class FilterQuery extends EventsQuery {
  @Whole(
    1,
    MAX_SKIPPED + 1,
    {
      default: 1,
      description: `Page to give, with at most ${MAX_SKIPPED} events before it; next_cursor is the faster way to go on, without that bound`,
    },
    RATHER_THAN_SKIP,
  )
  page?: number;

  @Whole(1, MAX_PAGE_SIZE, { default: 50, description: 'Events on a page' })
  page_size?: number;

  @Whole(1, MAX_PAGE_SIZE, { description: 'Another name of page_size' })
  limit?: number;

  @Text(8192, 'next_cursor of the page before; the filters and the sort must be the same')
  cursor?: string;

  @Word(COUNT_MODES, {
    default: 'auto',
    description: 'auto: exact where that is cheap, else an estimate flagged as such',
  })
  count?: CountMode;
}
