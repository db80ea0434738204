import type { StoredAccessEntry } from '../../../../core/access-entry.js';
import type { CountedTotals } from '../../../../core/count-store.js';
import {
  AccessReader,
  type AccessFilter,
  type AccessPage,
  type AccessPageRequest,
} from '../../../../core/access-reader.js';
import type { Count } from '../../../../core/event-reader.js';
import type { Micros } from '../../../../core/event.js';
import { decodeAccessCursor, encodeAccessCursor, type AccessPosition } from '../../../access-cursor.js';
import { totalStatus } from '../../../access-totals.js';
import { countRows } from '../../reading/count-rows.js';
import type { Queryable } from '../../sql.js';
import { after, plainConditions } from './conditions.js';
import { countByPath } from './count-by-path.js';
import { findByPath } from './find-by-path.js';
import { selectEntries } from './select-entries.js';
import { selectHour } from './select-hour.js';

/** The archive writes in the process that answers requests: 5,000 would hold it up for 20 to 80 ms at a time. */
const BATCH = 1_000;

/** Reads access entries from PostgreSQL, through the pool that queries have for themselves. */
export class PostgresAccessReader extends AccessReader {
  constructor(
    private readonly database: { query: Queryable },
    private readonly totals: CountedTotals,
  ) {
    super();
  }

  async page(projectId: number, filter: AccessFilter, request: AccessPageRequest): Promise<AccessPage> {
    const { limit, offset, cursor } = request;
    const last = cursor === undefined ? null : decodeAccessCursor(projectId, filter, cursor);
    // one more than asked for tells whether there is a next page
    const found = await this.find(projectId, filter, last, offset, limit + 1);
    const entries = found.slice(0, limit);
    if (found.length <= limit) return { entries, nextCursor: null };
    return { entries, nextCursor: encodeAccessCursor(projectId, filter, positionOf(entries[limit - 1])) };
  }

  async count(projectId: number, filter: AccessFilter, mode: 'auto' | 'exact'): Promise<Count> {
    const db = this.database.query;
    const status = totalStatus(filter);
    if (status !== null) {
      const { n } = await this.totals.of(projectId, 'status', String(status));
      return { total: n, estimated: false };
    }
    const { path } = filter;
    if (path !== undefined) return countByPath(db, projectId, { ...filter, path }, mode);
    return countRows(db, 'access_logs', plainConditions(projectId, filter), mode);
  }

  async *hour(projectId: number, hour: Micros): AsyncIterable<StoredAccessEntry[]> {
    let last: AccessPosition | null = null;
    for (;;) {
      const batch = await selectHour(this.database.query, projectId, hour, last, BATCH);
      if (batch.length > 0) yield batch;
      if (batch.length < BATCH) return;
      last = positionOf(batch[BATCH - 1]);
    }
  }

  private async find(
    projectId: number,
    filter: AccessFilter,
    last: AccessPosition | null,
    offset: number,
    limit: number,
  ): Promise<StoredAccessEntry[]> {
    const conditions = [...plainConditions(projectId, filter), ...after(last)];
    if (filter.path === undefined) return selectEntries(this.database.query, conditions, offset, limit);
    const found = await findByPath(this.database.query, conditions, filter.path, offset + limit);
    return found.slice(offset);
  }
}

function positionOf({ Timestamp, id }: StoredAccessEntry): AccessPosition {
  return { timestamp: Timestamp, id };
}
