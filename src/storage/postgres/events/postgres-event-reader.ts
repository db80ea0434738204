import type { CountedTotals } from '../../../core/count-store.js';
import {
  EventReader,
  type Count,
  type EventFilter,
  type Page,
  type PageRequest,
} from '../../../core/event-reader.js';
import type { StoredEvent } from '../../../core/event.js';
import type { Queryable } from '../sql.js';
import { countAll } from '../reading/counts.js';
import { countRows } from '../reading/count-rows.js';
import { totalQuestion } from './count-by-totals.js';
import { decodeEventCursor, encodeEventCursor } from './event-cursor.js';
import { filterConditions } from './filter-conditions.js';
import { pageSegments } from './page-segments.js';
import { selectAt } from './select-at.js';
import { selectKey } from './select-key.js';
import { selectPage } from './select-page.js';

/** Reads events from PostgreSQL, through the pool that queries have for themselves. */
export class PostgresEventReader extends EventReader {
  constructor(
    private readonly database: { query: Queryable },
    private readonly totals: CountedTotals,
  ) {
    super();
  }

  async byEventId(projectId: number, eventId: string): Promise<StoredEvent | null> {
    const place = await selectKey(this.database.query, projectId, eventId);
    return place && selectAt(this.database.query, projectId, place);
  }

  async page(projectId: number, filter: EventFilter, request: PageRequest): Promise<Page> {
    const { sortBy, descending, pageSize, offset, cursor, maxBytes } = request;
    const question = { projectId, filter, sortBy, descending };
    const after = cursor === undefined ? null : decodeEventCursor(question, cursor);
    const segments = pageSegments(filter, sortBy, descending, after);
    // one more than asked for tells whether there is a next page
    const place = { offset, limit: pageSize + 1, maxBytes, isFirst: after === null };
    const found = await selectPage(this.database.query, projectId, segments, place);
    const events = found.rows.slice(0, pageSize);
    if (found.rows.length <= pageSize && !found.isCut) return { events, nextCursor: null };
    const last = events.at(-1)!;
    const position = { value: last[sortBy], createdAt: last.created_at, id: last.id };
    return { events, nextCursor: encodeEventCursor(question, position) };
  }

  async count(projectId: number, filter: EventFilter, mode: 'auto' | 'exact'): Promise<Count> {
    const db = this.database.query;
    const conditions = filterConditions(projectId, filter);
    const byTotals = totalQuestion(filter);
    if (byTotals) {
      const { n, isFolded } = await this.totals.of(projectId, byTotals.dimension, byTotals.value);
      const { scope, values } = conditions;
      return { total: isFolded ? await countAll(db, 'events', [...scope, ...values]) : n, estimated: false };
    }
    const hasRange = filter.from !== undefined || filter.to !== undefined;
    return countRows(db, 'events', { ...conditions, hasRange }, mode);
  }
}
