import type { StoredAccessEntry } from '../../../../core/access-entry.js';
import { parseRfc3339 } from '../../../../core/rfc3339.js';
import type { Condition } from '../../reading/values.js';
import type { Queryable } from '../../sql.js';
import { pathContains, pathIndexContains, received } from './conditions.js';
import { selectAmongNewest } from './select-among-newest.js';
import { selectAny } from './select-any.js';
import { selectDays } from './select-days.js';
import { selectEntries } from './select-entries.js';

/** A part that is in one path of a hundred fills a page from so many. */
const WALK = 5_000;
/** Most entries that are read to sort them. */
const SORT = 10_000;
/** Days of receipt that are searched first, and how many times as many in each next step. */
const FIRST_DAYS = 3;
const GROWTH = 4;
const DAY_MS = 86_400_000;

/**
 * The newest `limit` entries whose path contains `part`, days of receipt at a time, newest first. The planner cannot know how
 * rare a part is, so more than one way is gone: a walk over the newest entries finds what is frequent, the trigram index what
 * is rare, and what turns out to be frequent in older days is walked to there.
 */
export async function findByPath(
  db: Queryable,
  conditions: readonly Condition[],
  part: string,
  limit: number,
): Promise<StoredAccessEntry[]> {
  const days = await selectDays(db);
  let found: StoredAccessEntry[] = [];
  for (let at = 0, size = FIRST_DAYS; at < days.length; at += size, size *= GROWTH) {
    const oldest = days[Math.min(at + size, days.length) - 1];
    const isDone = (): boolean => found.length === limit && timeOf(found[limit - 1]) >= endOfOlder(oldest);
    const among = [...conditions, ...received(oldest, at === 0 ? null : days[at - 1])];
    if (at === 0) {
      found = await selectAmongNewest(db, among, WALK, pathContains(part), limit);
      if (isDone()) break;
    }
    const more = await search(db, among, part, limit);
    found = at === 0 ? more : [...found, ...more].sort(newestFirst).slice(0, limit);
    if (isDone()) break;
  }
  return found;
}

async function search(
  db: Queryable,
  conditions: readonly Condition[],
  part: string,
  limit: number,
): Promise<StoredAccessEntry[]> {
  const few = await selectAny(db, [...conditions, pathIndexContains(part)], Math.max(SORT, limit), limit);
  return few ?? selectEntries(db, [...conditions, pathContains(part)], 0, limit);
}

/** No entry received before `day` has this timestamp or a later one: none is more than 24 h after receipt. */
function endOfOlder(day: string): number {
  return (Date.parse(day) + DAY_MS) * 1000;
}

function timeOf(entry: StoredAccessEntry): number {
  return parseRfc3339(entry.Timestamp)!;
}

function newestFirst(a: StoredAccessEntry, b: StoredAccessEntry): number {
  return timeOf(b) - timeOf(a) || b.id - a.id;
}
