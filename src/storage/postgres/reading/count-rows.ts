import type pg from 'pg';
import type { Count } from '../../../core/ports/event-reader.js';
import { type Queryable, rows } from '../sql.js';
import { readSerially } from '../transaction.js';
import { countAll, countAmong, countUpTo, estimateCount } from './counts.js';
import type { FilterConditions } from './filter-conditions.js';
import { type Key, newestFirst } from './key-edge.js';
import { type RowTable, Values, where, type Condition } from './values.js';

/** Up to so many rows a count is always exact. */
const EXACT_UP_TO = 10_000;
/** With so many matches in the sample its estimate is better than the planner's. */
const TELLING = 20;
/** Rows by which it is guessed how frequent something is, and what is frequent: 10,000 are found soonest by looking at each row. */
const GUESSED_BY = 1_000;
const FREQUENT = 0.1;

/** Rows that are looked at, about: as many milliseconds as counting 10,000 takes tens of. */
const SAMPLE_ROWS = 5_000;

/** On so many pages at least, and at most. */
const LEAST_PAGES = 100;
const MOST_PAGES = 400;

/** Standard deviations by which a sample must exceed what 10,000 rows would give: one in a thousand million errs. */
const DEVIATIONS = 7;

/** How many rows there are: `auto` counts up to 10,000 of them, past that it is an estimate. */
export async function countRows(
  pool: pg.Pool,
  table: RowTable,
  counted: FilterConditions,
  mode: 'auto' | 'exact',
): Promise<Count> {
  const { scope, values, indexed } = counted;
  if (mode === 'exact')
    return { total: await countAll(pool, table, [...scope, ...indexed]), estimated: false };
  if (values.length === 0) return countInOrder(pool, table, scope);
  return readSerially(pool, (db) => countByValues(db, table, counted));
}

/** Of all rows, or those of a range: the planner knows how many to expect. */
async function countInOrder(db: Queryable, table: RowTable, scope: readonly Condition[]): Promise<Count> {
  const n = await countUpTo(db, table, scope, EXACT_UP_TO + 1);
  if (n <= EXACT_UP_TO) return { total: n, estimated: false };
  return { total: Math.max(n, await estimateCount(db, table, scope)), estimated: true };
}

async function countByValues(db: Queryable, table: RowTable, counted: FilterConditions): Promise<Count> {
  const { scope, values, indexed, isRareByNature, isUnknownToPlanner, hasRange } = counted;
  // pages at random tell little of a range, and nothing of what few rows have
  const sampled = isRareByNature || hasRange ? null : await countBySample(db, table, counted, EXACT_UP_TO);
  if (sampled?.isClear) return { total: sampled.total, estimated: true };
  const { looked, matching } = await countSome(db, table, counted, sampled);
  const isFrequent = matching > 0 && matching >= FREQUENT * looked;
  const found = await countFirst(db, table, [...scope, ...(isFrequent ? values : indexed)]);
  if (found.n <= EXACT_UP_TO) return { total: found.n, estimated: false };
  return { total: Math.max(found.n, Math.round(await expected())), estimated: true };

  async function expected(): Promise<number> {
    if (sampled && sampled.matching >= TELLING) return sampled.total;
    if (isUnknownToPlanner && !hasRange) return extrapolate(db, table, scope, found);
    if (isUnknownToPlanner && matching >= TELLING)
      return (matching / looked) * (await estimateCount(db, table, scope));
    // not of what is indexed: the planner would take terms and values for two conditions
    return estimateCount(db, table, [...scope, ...values]);
  }
}

/** Of a sample, or else of some rows, how many have the values. */
async function countSome(
  db: Queryable,
  table: RowTable,
  { scope, values, isRareByNature }: FilterConditions,
  sampled: Sampled | null,
): Promise<Pick<Sampled, 'looked' | 'matching'>> {
  if (isRareByNature) return { looked: 0, matching: 0 };
  const isEnough = sampled !== null && sampled.looked >= GUESSED_BY;
  return isEnough ? sampled : countAmong(db, table, scope, values, GUESSED_BY);
}

/** Rows of one partition, and the pages of the first and the last of them. */
interface OfPartition {
  partition: string;
  n: number;
  first: number;
  last: number;
}

/** The first rows, as far as they are counted; partitions in the order of their days. */
interface FirstCounted {
  n: number;
  partitions: OfPartition[];
}

const PARTITION = 'tableoid::regclass::text as partition';

/** Counts one more than is counted exactly, as rows lie: in the order of their receipt. */
async function countFirst(
  db: Queryable,
  table: RowTable,
  conditions: readonly Condition[],
): Promise<FirstCounted> {
  const values = new Values();
  const text = `
    select ${PARTITION}, count(*) as n, ${pageOf('min(ctid)')} as first, ${pageOf('max(ctid)')} as last
    from (select tableoid, ctid from ${table} ${where(conditions, values)} limit ${EXACT_UP_TO + 1}) as counted
    group by tableoid order by 1`;
  const partitions = await rows<OfPartition>(db, { text, values: values.list });
  return { n: partitions.reduce((sum, { n }) => sum + n, 0), partitions };
}

/** How many there are, if they are as frequent on the pages up to the newest row as on those that were counted. */
async function extrapolate(
  db: Queryable,
  table: RowTable,
  scope: readonly Condition[],
  { n, partitions }: FirstCounted,
): Promise<number> {
  const look = (scope: readonly Condition[]) => {
    const values = new Values();
    const text = `
      select ${PARTITION}, ${pageOf('ctid')} as page
      from ${table} ${where(scope, values)} order by created_at desc limit 1`;
    return rows<{ partition: string; page: number }>(db, { text, values: values.list });
  };
  const byReceipt: Key = { column: 'created_at', descending: true };
  const [newest] = await newestFirst(scope, byReceipt, look, ({ length }) => length > 0);
  const [begin, end] = [partitions[0], partitions.at(-1)!];
  const sizes = await rows<{ partition: string; pages: number }>(db, {
    text: `select relid::text as partition, pg_relation_size(relid) / current_setting('block_size')::int as pages
           from pg_partition_tree('${table}') where isleaf and relid::text between $1 and $2`,
    values: [begin.partition, newest.partition],
  });
  const pagesUpTo = (partition: string, page: number) =>
    sizes.reduce((sum, of) => sum + (of.partition < partition ? of.pages : 0), page + 1 - begin.first);
  return (n * pagesUpTo(newest.partition, newest.page)) / pagesUpTo(end.partition, end.last);
}

function pageOf(ctid: string): string {
  return `(${ctid}::text::point)[0]::bigint`;
}

interface Sampled {
  /** How many rows there are, estimated. */
  total: number;
  /** Rows of the sample, and those of them that have the values. */
  looked: number;
  matching: number;
  /** Whether there are certainly more than are counted exactly. */
  isClear: boolean;
}

/**
 * Estimates from pages at random how many rows there are; null where there are too few pages for it. Pages that have one tell whether
 * that is clearly more than are counted exactly: 10,000 rows lie on 10,000 pages at most, however they are spread.
 */
export async function countBySample(
  db: Queryable,
  table: RowTable,
  { scope, values: sought }: Pick<FilterConditions, 'scope' | 'values'>,
  exactUpTo: number,
): Promise<Sampled | null> {
  const { pages, rowsPerPage } = await sizeOf(db, table);
  const samplePages = Math.min(MOST_PAGES, Math.max(LEAST_PAGES, SAMPLE_ROWS / rowsPerPage));
  const most = (samplePages * exactUpTo) / pages;
  const needed = most + DEVIATIONS * Math.sqrt(most) + 4;
  if (needed > samplePages / 2) return null;
  const values = new Values();
  const share = samplePages / pages;
  // the same pages each time, or the estimate would differ from page to page of an answer
  const text = `
    select count(*) as looked, count(*) filter (where matches) as matching,
      count(distinct (tableoid, (ctid::text::point)[0])) filter (where matches) as pages
    from (
      select tableoid, ctid, ${sought.map((condition) => condition(values)).join(' and ')} as matches
      from ${table} tablesample system (${values.bind(100 * share)}) repeatable (1)
      ${where(scope, values)}
    ) as sample`;
  const [found] = await rows<{ looked: number; matching: number; pages: number }>(db, {
    text,
    values: values.list,
  });
  const { looked, matching } = found;
  return { total: Math.round(matching / share), looked, matching, isClear: found.pages >= needed };
}

/** Of what was vacuumed or analyzed. */
async function sizeOf(db: Queryable, table: RowTable): Promise<{ pages: number; rowsPerPage: number }> {
  const text = `select coalesce(sum(relpages), 0)::bigint as pages, coalesce(sum(reltuples), 0)::bigint as n
                from pg_inherits join pg_class on oid = inhrelid
                where inhparent = '${table}'::regclass and relpages > 0 and reltuples > 0`;
  const [{ pages, n }] = await rows<{ pages: number; n: number }>(db, { text });
  return pages === 0 ? { pages: 1, rowsPerPage: 1 } : { pages, rowsPerPage: n / pages };
}
