import { rows, type Queryable } from '../sql.js';
import { Values, where, type Condition, type RowTable } from './values.js';

/** Rows that are looked at, about: as many milliseconds as counting 10,000 takes tens of. */
const SAMPLE_ROWS = 5_000;
/** On so many pages at least, and at most. */
const LEAST_PAGES = 100;
const MOST_PAGES = 400;
/** By how many standard deviations there have to be more than 10,000 rows would give: one sample in a thousand million errs. */
const DEVIATIONS = 7;

export interface Sampled {
  /** How many rows there are, estimated. */
  total: number;
  /** How many the sample had. */
  seen: number;
  /** Whether there is no doubt that there are more than are counted exactly. */
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
