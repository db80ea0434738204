import type { StoredAccessEntry } from '../../../../core/access-entry.js';
import {
  AccessReader,
  type AccessFilter,
  type AccessPage,
  type AccessPageRequest,
} from '../../../../core/access-reader.js';
import type { CountedTotals } from '../../../../core/count-store.js';
import { SightlineError } from '../../../../core/errors.js';
import type { Count } from '../../../../core/event-reader.js';
import type { Micros } from '../../../../core/event.js';
import { decodeAccessCursor, encodeAccessCursor, type AccessPosition } from '../../../access-cursor.js';
import { totalStatus } from '../../../access-totals.js';
import type { Mysql } from '../../mysql.js';
import { after, afterOldestFirst, filterConditions } from './conditions.js';
import { countAmongNewest } from './count-among-newest.js';
import { countRows, countUpTo } from './count-rows.js';
import { estimateRows } from './estimate-rows.js';
import { selectEntries } from './select-entries.js';

/** More at once would hold up the event loop. */
const BATCH = 2_000;
const HOUR_MICROS = 3_600e6;
const EXACT_UP_TO = 10_000;
/** Rows that are looked through to learn how frequent a part of a path is. */
const SAMPLE = 20_000;
/** How long is looked for a part of paths before its number is estimated. */
const PATH_PATIENCE_S = 0.5;

/** Reads access entries from MariaDB, through the pool that queries have for themselves. */
export class MysqlAccessReader extends AccessReader {
  constructor(
    private readonly mysql: Pick<Mysql, 'query'>,
    private readonly totals: CountedTotals,
  ) {
    super();
  }

  async page(projectId: number, filter: AccessFilter, request: AccessPageRequest): Promise<AccessPage> {
    const { limit, offset, cursor } = request;
    const last = cursor === undefined ? null : decodeAccessCursor(projectId, filter, cursor);
    const conditions = [...filterConditions(projectId, filter), ...after(last)];
    // one more than asked for tells whether there is a next page
    const found = await selectEntries(this.mysql.query, conditions, 'newest first', offset, limit + 1);
    const entries = found.slice(0, limit);
    if (found.length <= limit) return { entries, nextCursor: null };
    return { entries, nextCursor: encodeAccessCursor(projectId, filter, positionOf(entries[limit - 1])) };
  }

  async count(projectId: number, filter: AccessFilter, mode: 'auto' | 'exact'): Promise<Count> {
    const db = this.mysql.query;
    const status = totalStatus(filter);
    if (status !== null) {
      const { n } = await this.totals.of(projectId, 'status', String(status));
      return { total: n, estimated: false };
    }
    const conditions = filterConditions(projectId, filter);
    if (mode === 'exact') return { total: await countRows(db, conditions), estimated: false };
    return filter.path === undefined
      ? this.countByIndex(conditions)
      : this.countByPath(projectId, filter, filter.path);
  }

  async *hour(projectId: number, hour: Micros): AsyncIterable<StoredAccessEntry[]> {
    const conditions = filterConditions(projectId, { from: hour, to: hour + HOUR_MICROS });
    let last: AccessPosition | null = null;
    for (;;) {
      const rest = [...conditions, ...afterOldestFirst(last)];
      const batch = await selectEntries(this.mysql.query, rest, 'oldest first', 0, BATCH);
      if (batch.length > 0) yield batch;
      if (batch.length < BATCH) return;
      last = positionOf(batch[BATCH - 1]);
    }
  }

  private async countByIndex(conditions: readonly string[]): Promise<Count> {
    const counted = await countUpTo(this.mysql.query, conditions, EXACT_UP_TO + 1);
    if (counted <= EXACT_UP_TO) return { total: counted, estimated: false };
    const expected = await estimateRows(this.mysql.query, conditions);
    return { total: Math.max(expected, counted), estimated: true };
  }

  // What is frequent, or among few rows, is counted before long. Else what is true of the newest is taken to be true of all.
  private async countByPath(projectId: number, filter: AccessFilter, part: string): Promise<Count> {
    const db = this.mysql.query;
    const all = filterConditions(projectId, filter);
    const counted = await countUpTo(db, all, EXACT_UP_TO + 1, PATH_PATIENCE_S).catch(unlessTimeout);
    if (counted !== null && counted <= EXACT_UP_TO) return { total: counted, estimated: false };
    const conditions = filterConditions(projectId, { ...filter, path: undefined });
    const { looked, found } = await countAmongNewest(db, conditions, part, SAMPLE);
    const expected = ((await estimateRows(db, conditions)) * found) / Math.max(looked, 1);
    return { total: Math.max(counted ?? 0, found, Math.round(expected)), estimated: true };
  }
}

function unlessTimeout(error: unknown): null {
  if (error instanceof SightlineError && error.code === 'timeout') return null;
  throw error;
}

function positionOf({ Timestamp, id }: StoredAccessEntry): AccessPosition {
  return { timestamp: Timestamp, id };
}
