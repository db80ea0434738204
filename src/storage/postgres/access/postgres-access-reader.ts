import type { RollupTotals } from '../../../core/counting/count-store.js';
import {
  AccessReader,
  type AccessFilter,
  type AccessPage,
  type AccessPageRequest,
  type AccessPosition,
} from '../../../core/ports/access-reader.js';
import type { Count } from '../../../core/ports/event-reader.js';
import type { StoredAccessEntry } from '../../../core/records/access-entry.js';
import { HOUR, type Micros } from '../../../core/time.js';
import { totalStatus } from '../../access-totals.js';
import type { Database } from '../database.js';
import { countRows } from '../reading/count-rows.js';
import { fillPage } from '../reading/fill-page.js';
import type { Key } from '../reading/key-edge.js';
import { PageRoom } from '../reading/select-rows.js';
import { Values, where, type RecordTable } from '../reading/values.js';
import { readInOrder, readPage } from '../transaction.js';
import { after, entryConditions } from './entry-conditions.js';

/** The archive writes in the process that answers requests: 5,000 would hold it up for 20 to 80 ms at a time. */
const BATCH = 1_000;
const KEY: Key = { column: '"timestamp"', descending: true };
const NEWEST_FIRST = '"timestamp" desc, id desc';

/** The columns of `StoredAccessEntry`, in its order. */
const ENTRY_COLUMNS = `id, "timestamp" as "Timestamp", ip as "IP", method as "Method", path as "Path", status as "Status",
  latency_ms as "LatencyMs", user_agent as "UserAgent"`;

const ENTRIES: RecordTable = { name: 'access_logs', columns: ENTRY_COLUMNS, few: 3_000 };

/** Reads access entries from PostgreSQL, through the pool that queries have for themselves. */
export class PostgresAccessReader extends AccessReader {
  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly totals: RollupTotals,
  ) {
    super();
  }

  async page(projectId: number, filter: AccessFilter, request: AccessPageRequest): Promise<AccessPage> {
    const { limit, offset, after: last = null } = request;
    // one more than asked for tells whether there is a next page
    const room = new PageRoom<StoredAccessEntry>(offset, limit + 1);
    const { scope, ...rest } = entryConditions(projectId, filter);
    const sought = {
      ...rest,
      scope: [...scope, ...(last ? after(last) : [])],
      table: ENTRIES,
      key: KEY,
      orderBy: NEWEST_FIRST,
    };
    const isRange = sought.hasRange || last !== null;
    await readPage(this.database.query, isRange, (db) => fillPage(db, sought, room));
    const entries = room.rows.slice(0, limit);
    const total = last === null ? room.total : null;
    if (room.rows.length <= limit) return { entries, next: null, total };
    return { entries, next: positionOf(entries[limit - 1]), total };
  }

  async count(projectId: number, filter: AccessFilter, mode: 'auto' | 'exact'): Promise<Count> {
    const db = this.database.query;
    const status = totalStatus(filter);
    if (status !== null) {
      const { n } = await this.totals.of(projectId, 'status', String(status));
      return { total: n, estimated: false };
    }
    return countRows(db, 'access_logs', entryConditions(projectId, filter), mode);
  }

  async *hour(projectId: number, hour: Micros): AsyncIterable<StoredAccessEntry[]> {
    const { scope } = entryConditions(projectId, { from: hour, to: hour + HOUR });
    const values = new Values();
    const text = `
      select ${ENTRY_COLUMNS}
      from access_logs
      ${where(scope, values)}
      order by "timestamp", id`;
    yield* readInOrder<StoredAccessEntry>(this.database.query, { text, values: values.list }, BATCH);
  }
}

function positionOf({ Timestamp, id }: StoredAccessEntry): AccessPosition {
  return { timestamp: Timestamp, id };
}
