import type { RollupTotals } from '../../../core/counting/count-store.js';
import {
  EventReader,
  type Count,
  type EventFilter,
  type Page,
  type PageRequest,
} from '../../../core/ports/event-reader.js';
import type { StoredEvent } from '../../../core/records/event.js';
import { eventKey } from '../append/append-events.js';
import type { Database } from '../database.js';
import { countRows } from '../reading/count-rows.js';
import { countAll } from '../reading/counts.js';
import { hasRange } from '../reading/filter-conditions.js';
import { rows, firstRows } from '../sql.js';
import { readPage } from '../transaction.js';
import { filterConditions } from './filter-conditions.js';
import { pageSegments } from './page-segments.js';
import { selectPage, EVENT_COLUMNS } from './select-page.js';

const DIMENSION_COLUMNS = {
  eventType: 'event_type',
  eventName: 'event_name',
  priority: 'priority',
  appVersion: 'app_version',
  providerName: 'provider_name',
} as const satisfies Partial<Record<keyof EventFilter, string>>;

/** Reads events from PostgreSQL, through the pool that queries have for themselves. */
export class PostgresEventReader extends EventReader {
  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly totals: RollupTotals,
  ) {
    super();
  }

  async byEventId(projectId: number, eventId: string): Promise<StoredEvent | null> {
    const db = this.database.query;
    const [place] = await rows<{ id: number; created_at: string }>(db, {
      name: 'events.select-key',
      text: 'select id, created_at from event_keys where key = $1',
      values: [eventKey(projectId, eventId)],
    });
    if (place === undefined) return null;
    // With the key's lookup in the same statement the planner would have to look at every partition: 7 ms for 90 days instead of 1.
    const text = `
      select ${EVENT_COLUMNS}
      from events
      where project_id = $1 and created_at = $2 and id = $3`;
    const values = [projectId, place.created_at, place.id];
    const found = await firstRows<StoredEvent>(db, { text, values }, Infinity);
    // none where its day was dropped
    return found.rows[0] ?? null;
  }

  async page(projectId: number, filter: EventFilter, request: PageRequest): Promise<Page> {
    const { sortBy, descending, pageSize, offset, after = null, maxBytes } = request;
    const segments = pageSegments(filter, sortBy, descending, after);
    // one more than asked for tells whether there is a next page
    const place = { offset, limit: pageSize + 1, maxBytes, isFirst: after === null };
    const isRange = hasRange(filter) || after !== null;
    const found = await readPage(this.database.query, isRange, (db) =>
      selectPage(db, projectId, segments, place),
    );
    const events = found.rows.slice(0, pageSize);
    const { total } = found;
    if (found.rows.length <= pageSize && !found.isCut) return { events, next: null, total };
    const last = events.at(-1)!;
    return { events, next: { value: last[sortBy], createdAt: last.created_at, id: last.id }, total };
  }

  async count(projectId: number, filter: EventFilter, mode: 'auto' | 'exact'): Promise<Count> {
    const db = this.database.query;
    const conditions = filterConditions(projectId, filter);
    const byTotals = totalQuery(filter);
    if (byTotals) {
      const { n, isFolded } = await this.totals.of(projectId, byTotals.dimension, byTotals.value);
      const { scope, values } = conditions;
      return { total: isFolded ? await countAll(db, 'events', [...scope, ...values]) : n, estimated: false };
    }
    return countRows(db, 'events', conditions, mode);
  }
}

type DimensionColumn = (typeof DIMENSION_COLUMNS)[keyof typeof DIMENSION_COLUMNS];

/** What the rollups count one by one: all events of a project, or those with one value in one column. */
interface TotalQuery {
  dimension: DimensionColumn | 'all';
  value: string;
}

/** The query of the rollups that has the same answer as this filter, or null where they have none. */
function totalQuery(filter: EventFilter): TotalQuery | null {
  const { timeField: _, properties, ...rest } = filter;
  const asked = Object.entries(rest).filter(([, value]) => value !== undefined);
  if (asked.length > 1 || properties.length > 0) return null;
  if (asked.length === 0) return { dimension: 'all', value: '' };
  const [[field, value]] = asked;
  // value '' of a dimension stands for the events without one
  if (!isDimension(field) || typeof value !== 'string' || value === '') return null;
  return { dimension: DIMENSION_COLUMNS[field], value };
}

function isDimension(field: string): field is keyof typeof DIMENSION_COLUMNS {
  return field in DIMENSION_COLUMNS;
}
