import {
  EventReader,
  type Count,
  type EventFilter,
  type Page,
  type PageRequest,
} from '../../../core/event-reader.js';
import type { StoredEvent } from '../../../core/event.js';
import type { Queryable } from '../sql.js';
import { countAll } from '../reading/count-all.js';
import { countRows } from '../reading/count-rows.js';
import { countByTotals, totalQuestion } from './count-by-totals.js';
import { decodeEventCursor, encodeEventCursor } from './event-cursor.js';
import { filterConditions } from './filter-conditions.js';
import { pageSegments } from './page-segments.js';
import { selectAt } from './select-at.js';
import { selectKey } from './select-key.js';
import { selectPage } from './select-page.js';

/** Reads events from PostgreSQL, through the pool that queries have for themselves. */
export class PostgresEventReader extends EventReader {
  constructor(private readonly database: { query: Queryable }) {
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
    const conditions = filterConditions(projectId, filter);
    const { query } = this.database;
    const { events, isMore } = await selectPage(query, conditions, segments, offset, pageSize, maxBytes);
    if (!isMore) return { events, nextCursor: null };
    const last = events.at(-1)!;
    const position = { value: last[sortBy], createdAt: last.created_at, id: last.id };
    return { events, nextCursor: encodeEventCursor(question, position) };
  }

  async count(projectId: number, filter: EventFilter, mode: 'auto' | 'exact'): Promise<Count> {
    const db = this.database.query;
    const conditions = filterConditions(projectId, filter);
    const byTotals = totalQuestion(filter);
    if (byTotals) {
      const total =
        (await countByTotals(db, projectId, byTotals)) ?? (await countAll(db, 'events', conditions));
      return { total, estimated: false };
    }
    return countRows(db, 'events', conditions, mode);
  }
}
