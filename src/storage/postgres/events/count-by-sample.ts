import { EXACT_UP_TO } from '../reading/count-rows.js';
import { Values, where, type Condition } from '../reading/values.js';
import { rows, type Queryable } from '../sql.js';

/** Pages that are looked at: some 5,000 rows, and as many milliseconds as counting 10,000 rows takes tens of. */
const SAMPLE_PAGES = 400;
/** By how many standard deviations there have to be more than 10,000 rows would give: one sample in a thousand million errs. */
const DEVIATIONS = 7;

/**
 * How many events there are, estimated from pages at random, where these leave no doubt that it is more than are counted exactly; else
 * null. Pages that have one are what counts: 10,000 rows lie on 10,000 pages at most, however they are spread.
 */
export async function countBySample(
  db: Queryable,
  conditions: readonly Condition[],
  samplePages = SAMPLE_PAGES,
  exactUpTo = EXACT_UP_TO,
): Promise<number | null> {
  const pages = await countPages(db);
  const most = (samplePages * exactUpTo) / pages;
  const needed = most + DEVIATIONS * Math.sqrt(most) + 4;
  if (needed > samplePages / 2) return null;
  const values = new Values();
  const share = samplePages / pages;
  // the same pages each time, or the estimate would differ from page to page of an answer
  const text = `
    select count(*) as n, count(distinct (tableoid, (ctid::text::point)[0])) as pages
    from events tablesample system (${values.bind(100 * share)}) repeatable (1)
    ${where(conditions, values)}`;
  const [found] = await rows<{ n: number; pages: number }>(db, { text, values: values.list });
  return found.pages < needed ? null : Math.round(found.n / share);
}

async function countPages(db: Queryable): Promise<number> {
  const text = `select coalesce(sum(relpages), 0)::bigint as pages
                from pg_inherits join pg_class on oid = inhrelid where inhparent = 'events'::regclass`;
  const [{ pages }] = await rows<{ pages: number }>(db, { text });
  return Math.max(pages, 1);
}
