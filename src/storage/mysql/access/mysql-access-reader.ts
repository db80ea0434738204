import type { StoredAccessEntry } from '../../../core/access-entry.js';
import {
  AccessReader,
  type AccessFilter,
  type AccessPage,
  type AccessPageRequest,
  type AccessPosition,
} from '../../../core/access-reader.js';
import type { RollupTotals } from '../../../core/count-store.js';
import { SightlineError } from '../../../core/errors.js';
import type { Count } from '../../../core/event-reader.js';
import type { Micros } from '../../../core/event.js';
import { parseRfc3339 } from '../../../core/rfc3339.js';
import { totalStatus } from '../../access-totals.js';
import { number, rfc3339, text, time } from '../literals.js';
import type { Mysql } from '../mysql.js';
import type { Sessions } from '../sql.js';

/** More at once would hold up the event loop. */
const BATCH = 2_000;
const HOUR_MICROS = 3_600e6;
const EXACT_UP_TO = 10_000;
/** Sample of rows to estimate how frequent a part of a path is. */
const SAMPLE = 20_000;
/** How long a search by path counts before it falls back to an estimate. */
const PATH_PATIENCE_S = 0.5;

/** The columns of `StoredAccessEntry`, in its order. */
const COLUMNS = `id, timestamp as Timestamp, ip as IP, method as Method, path as Path, status as Status,
  latency_ms as LatencyMs, user_agent as UserAgent`;

const ORDER: Record<Order, string> = {
  'newest first': 'order by project_id desc, timestamp desc, id desc',
  'oldest first': 'order by project_id, timestamp, id',
};

/** Reads access entries from MariaDB, through the pool that queries have for themselves. */
export class MysqlAccessReader extends AccessReader {
  constructor(
    private readonly mysql: Pick<Mysql, 'query'>,
    private readonly totals: RollupTotals,
  ) {
    super();
  }

  async page(projectId: number, filter: AccessFilter, request: AccessPageRequest): Promise<AccessPage> {
    const { limit, offset, after: last = null } = request;
    const conditions = [...filterConditions(projectId, filter), ...after(last)];
    // one more than asked for tells whether there is a next page
    const found = await selectEntries(this.mysql.query, conditions, 'newest first', offset, limit + 1);
    const entries = found.slice(0, limit);
    const next = found.length <= limit ? null : positionOf(entries[limit - 1]);
    return { entries, next, total: null };
  }

  async count(projectId: number, filter: AccessFilter, mode: 'auto' | 'exact'): Promise<Count> {
    const db = this.mysql.query;
    const status = totalStatus(filter);
    if (status !== null) {
      const { n } = await this.totals.of(projectId, 'status', String(status));
      return { total: n, estimated: false };
    }
    const conditions = filterConditions(projectId, filter);
    if (mode === 'exact') {
      const counted = `select count(*) as n from access_logs where ${conditions.join(' and ')}`;
      const [{ n }] = await db.rows<{ n: number }>(counted);
      return { total: n, estimated: false };
    }
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

  // A frequent part, or few rows, are counted quickly. Otherwise the newest rows are taken to be representative.
  private async countByPath(projectId: number, filter: AccessFilter, part: string): Promise<Count> {
    const db = this.mysql.query;
    const all = filterConditions(projectId, filter);
    const counted = await countUpTo(db, all, EXACT_UP_TO + 1, PATH_PATIENCE_S).catch(unlessTimeout);
    if (counted !== null && counted <= EXACT_UP_TO) return { total: counted, estimated: false };
    const conditions = filterConditions(projectId, { ...filter, path: undefined });
    const [{ looked, found }] = await db.rows<{ looked: number; found: string | null }>(`
      select count(*) as looked, sum(locate(${text(part)}, path) > 0) as found
      from (
        select path from access_logs where ${conditions.join(' and ')}
        ${ORDER['newest first']} limit ${number(SAMPLE)}
      ) as newest`);
    const n = Number(found ?? 0);
    const expected = ((await estimateRows(db, conditions)) * n) / Math.max(looked, 1);
    return { total: Math.max(counted ?? 0, n, Math.round(expected)), estimated: true };
  }
}

function unlessTimeout(error: unknown): null {
  if (error instanceof SightlineError && error.code === 'timeout') return null;
  throw error;
}

function positionOf({ Timestamp, id }: StoredAccessEntry): AccessPosition {
  return { timestamp: Timestamp, id };
}

type Order = 'newest first' | 'oldest first';

/** Entries by an index that has them in this order. */
async function selectEntries(
  db: Sessions,
  conditions: readonly string[],
  order: Order,
  offset: number,
  limit: number,
): Promise<StoredAccessEntry[]> {
  const entries = await db.rows<StoredAccessEntry>(`
    select ${COLUMNS} from access_logs where ${conditions.join(' and ')}
    ${ORDER[order]} limit ${number(limit)} offset ${number(offset)}`);
  for (const entry of entries) entry.Timestamp = rfc3339(entry.Timestamp);
  return entries;
}

/** What a filter asks of a row, for `where`. */
function filterConditions(projectId: number, filter: AccessFilter): string[] {
  const { ip, status, method, path, from, to } = filter;
  const project = number(projectId);
  // and not `project_id =`: MariaDB may then look up a project's entries, and walk them from one end to the range of times
  const conditions = [`project_id >= ${project} and project_id <= ${project}`];
  if (ip !== undefined) conditions.push(`ip = ${text(ip)}`);
  if (status !== undefined) conditions.push(`status = ${number(status)}`);
  if (method !== undefined) conditions.push(`method = ${text(method)}`);
  // and not `created_at >=` a day before that, which would leave out the older partitions: with it MariaDB reads whole ones
  if (from !== undefined) conditions.push(`timestamp >= ${time(from)}`);
  if (to !== undefined) conditions.push(`timestamp < ${time(to)}`);
  // no index helps with a substring: it is searched in the rows that match the rest, newest first
  if (path !== undefined) conditions.push(`locate(${text(path)}, path) > 0`);
  return conditions;
}

/** What comes after a position, newest first; all where it is null. */
function after(position: AccessPosition | null): string[] {
  if (!position) return [];
  // the first half for the index, which does not know a comparison of pairs
  const timestamp = timeOf(position);
  return [`timestamp <= ${timestamp}`, `(timestamp < ${timestamp} or id < ${number(position.id)})`];
}

/** The same oldest first. */
function afterOldestFirst(position: AccessPosition | null): string[] {
  if (!position) return [];
  const timestamp = timeOf(position);
  return [`timestamp >= ${timestamp}`, `(timestamp > ${timestamp} or id > ${number(position.id)})`];
}

function timeOf({ timestamp }: AccessPosition): string {
  return time(parseRfc3339(timestamp));
}

/** How many rows there are, no further than `limit`. @throws SightlineError `timeout` where `patienceS` is over sooner. */
async function countUpTo(
  db: Sessions,
  conditions: readonly string[],
  limit: number,
  patienceS?: number,
): Promise<number> {
  const patience =
    patienceS === undefined ? '' : `set statement max_statement_time = ${number(patienceS)} for`;
  const [{ n }] = await db.rows<{ n: number }>(`
    ${patience} select count(*) as n
    from (select 1 from access_logs where ${conditions.join(' and ')} limit ${number(limit)}) as some_rows`);
  return n;
}

/** How many rows the optimizer expects to read for these conditions, by looking into the index. */
async function estimateRows(db: Sessions, conditions: readonly string[]): Promise<number> {
  const [{ rows, filtered }] = await db.rows<{ rows: string | number; filtered: number | null }>(
    `explain extended select id from access_logs where ${conditions.join(' and ')}`,
  );
  return Math.round((Number(rows) * (filtered ?? 100)) / 100);
}
