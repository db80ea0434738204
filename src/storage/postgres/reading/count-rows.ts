import type { Count } from '../../../core/ports/event-reader.js';
import { type Queryable, rows } from '../sql.js';
import { countAll, countAmong, countUpTo, estimateCount } from './counts.js';
import type { FilterConditions } from './filter-conditions.js';
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
  db: Queryable,
  table: RowTable,
  counted: FilterConditions,
  mode: 'auto' | 'exact',
): Promise<Count> {
  const { scope, values, indexed, isRareByNature, hasRange } = counted;
  if (mode === 'exact') return { total: await countAll(db, table, [...scope, ...indexed]), estimated: false };
  const plain = [...scope, ...values];
  // for indexed ranges the planner's estimate is best
  const isSampled = values.length > 0 && !isRareByNature && !hasRange;
  const sampled = isSampled ? await countBySample(db, table, plain, EXACT_UP_TO) : null;
  if (sampled?.isClear) return { total: sampled.total, estimated: true };
  const found = (await isFrequent(db, table, counted)) ? plain : [...scope, ...indexed];
  const n = await countUpTo(db, table, found, EXACT_UP_TO + 1);
  if (n <= EXACT_UP_TO) return { total: n, estimated: false };
  const isTelling = sampled !== null && sampled.seen >= TELLING;
  // not of what is indexed: the planner would take terms and values for two conditions
  const expected = isTelling ? sampled.total : await estimateCount(db, table, plain);
  return { total: Math.max(expected, n), estimated: true };
}

async function isFrequent(
  db: Queryable,
  table: RowTable,
  { scope, values, isRareByNature }: FilterConditions,
): Promise<boolean> {
  if (values.length === 0 || isRareByNature) return false;
  const { looked, matching } = await countAmong(db, table, scope, values, GUESSED_BY);
  return matching >= FREQUENT * looked;
}

interface Sampled {
  /** How many rows there are, estimated. */
  total: number;
  /** How many the sample had. */
  seen: number;
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
  conditions: readonly Condition[],
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
    select count(*) as n, count(distinct (tableoid, (ctid::text::point)[0])) as pages
    from ${table} tablesample system (${values.bind(100 * share)}) repeatable (1)
    ${where(conditions, values)}`;
  const [found] = await rows<{ n: number; pages: number }>(db, { text, values: values.list });
  return { total: Math.round(found.n / share), seen: found.n, isClear: found.pages >= needed };
}

/** Of what was vacuumed or analyzed. */
async function sizeOf(db: Queryable, table: RowTable): Promise<{ pages: number; rowsPerPage: number }> {
  const text = `select coalesce(sum(relpages), 0)::bigint as pages, coalesce(sum(reltuples), 0)::bigint as n
                from pg_inherits join pg_class on oid = inhrelid
                where inhparent = '${table}'::regclass and relpages > 0 and reltuples > 0`;
  const [{ pages, n }] = await rows<{ pages: number; n: number }>(db, { text });
  return pages === 0 ? { pages: 1, rowsPerPage: 1 } : { pages, rowsPerPage: n / pages };
}
