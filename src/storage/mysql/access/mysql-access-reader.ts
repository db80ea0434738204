import type { RollupTotals } from '../../../core/counting/count-store.js';
import { SightlineError } from '../../../core/errors.js';
import {
  AccessReader,
  type AccessFilter,
  type AccessPage,
  type AccessPageRequest,
  type AccessPosition,
} from '../../../core/ports/access-reader.js';
import type { Count } from '../../../core/ports/event-reader.js';
import type { StoredAccessEntry } from '../../../core/records/access-entry.js';
import { parseRfc3339 } from '../../../core/records/rfc3339.js';
import { HOUR, type Micros } from '../../../core/time.js';
import { totalStatus } from '../../access-totals.js';
import { number, rfc3339, text, time } from '../literals.js';
import type { Mysql } from '../mysql.js';
import type { Sessions } from '../sql.js';

/** More at once would hold up the event loop. */
const BATCH = 2_000;
const EXACT_UP_TO = 10_000;
/** Sample of rows to estimate how frequent a part of a path is. */
const SAMPLE = 20_000;
/** How long a search by path counts before it falls back to an estimate. */
const PATH_PATIENCE_S = 0.5;

/** The columns of `StoredAccessEntry`, in its order. */
const COLUMNS = `id, timestamp as Timestamp, ip as IP, method as Method, path as Path, status as Status,
  latency_ms as LatencyMs, user_agent as UserAgent`;

/** Orders that indexes have, and how what comes after an entry compares with it. */
const ORDERS = {
  'newest first': { by: 'project_id desc, timestamp desc, id desc', after: '<' },
  'oldest first': { by: 'project_id, timestamp, id', after: '>' },
} as const;

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
    // one more than asked for tells whether there is a next page
    const stretch: Stretch = { order: 'newest first', last, offset, limit: limit + 1 };
    const found = await selectEntries(this.mysql.query, projectId, filter, stretch);
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
    const ofHour: AccessFilter = { from: hour, to: hour + HOUR };
    const stretch: Stretch = { order: 'oldest first', last: null, offset: 0, limit: BATCH };
    for (;;) {
      const batch = await selectEntries(this.mysql.query, projectId, ofHour, stretch);
      if (batch.length > 0) yield batch;
      if (batch.length < BATCH) return;
      stretch.last = positionOf(batch[BATCH - 1]);
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
        select path from ${tableOf(filter)} where ${conditions.join(' and ')}
        order by ${ORDERS['newest first'].by} limit ${number(SAMPLE)}
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

/** Entries one after the other in an order. */
interface Stretch {
  order: keyof typeof ORDERS;
  /** The one before it; null where it begins with the first. */
  last: AccessPosition | null;
  /** Entries to skip. */
  offset: number;
  limit: number;
}

async function selectEntries(
  db: Sessions,
  projectId: number,
  filter: AccessFilter,
  { order, last, offset, limit }: Stretch,
): Promise<StoredAccessEntry[]> {
  const { by, after } = ORDERS[order];
  const conditions = filterConditions(projectId, filter, last ? beyond(after, last) : []);
  const entries = await db.rows<StoredAccessEntry>(`
    select ${COLUMNS} from ${tableOf(filter)} where ${conditions.join(' and ')}
    order by ${by} limit ${number(limit)} offset ${number(offset)}`);
  for (const entry of entries) entry.Timestamp = rfc3339(entry.Timestamp);
  return entries;
}

/** The table, to be read in an order: what has a value is not looked for among all entries, where an index has it in the same order. */
function tableOf({ ip, status, method }: AccessFilter): string {
  const hasValue = ip !== undefined || status !== undefined || method !== undefined;
  return hasValue ? 'access_logs ignore index (access_logs_timestamp)' : 'access_logs';
}

/** What a filter asks of a row, for `where`, and of where its page begins. */
function filterConditions(
  projectId: number,
  filter: AccessFilter,
  beginning: readonly string[] = [],
): string[] {
  const { ip, status, method, path, from, to } = filter;
  const times = [...beginning];
  // and not `created_at >=` a day before that, which would leave out the older partitions: with it MariaDB reads whole ones
  if (from !== undefined) times.push(`timestamp >= ${time(from)}`);
  if (to !== undefined) times.push(`timestamp < ${time(to)}`);
  const project = number(projectId);
  // with `project_id =` MariaDB may look up all entries of the project, and walk them from one end to the range of times
  const ofProject =
    times.length > 0 ? `project_id >= ${project} and project_id <= ${project}` : `project_id = ${project}`;
  const conditions = [ofProject, ...times];
  if (ip !== undefined) conditions.push(`ip = ${text(ip)}`);
  if (status !== undefined) conditions.push(`status = ${number(status)}`);
  if (method !== undefined) conditions.push(`method = ${text(method)}`);
  // no index helps with a substring: it is searched in the rows that match the rest, newest first
  if (path !== undefined) conditions.push(`locate(${text(path)}, path) > 0`);
  return conditions;
}

/** What comes after a position. */
function beyond(operator: '<' | '>', last: AccessPosition): string[] {
  // the first half for the index, which does not know a comparison of pairs
  const timestamp = time(parseRfc3339(last.timestamp));
  return [
    `timestamp ${operator}= ${timestamp}`,
    `(timestamp ${operator} ${timestamp} or id ${operator} ${number(last.id)})`,
  ];
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
