import type { StoredAccessEntry } from '../../../../core/access-entry.js';
import { parseRfc3339 } from '../../../../core/rfc3339.js';
import { partitionDays } from '../../partitions.js';
import type { Condition } from '../../reading/values.js';
import type { Queryable } from '../../sql.js';
import { pathContains, pathIndexContains } from './conditions.js';
import { selectAmongNewest } from './select-among-newest.js';
import { selectReceived } from './select-received.js';

/** A part that is in one path of a hundred fills a page from so many. */
const WALK = 5_000;
/** Days of receipt that are searched first, and how many times as many in each next step. */
const FIRST_DAYS = 4;
const GROWTH = 3;
const DAY_MS = 86_400_000;

/**
 * The newest `limit` entries whose path contains `part`. The planner cannot know how rare a part is, so both ways are gone: a walk
 * over the newest entries finds what is frequent, and the trigram index the rest, days of receipt at a time, newest first.
 */
export async function findByPath(
  db: Queryable,
  conditions: readonly Condition[],
  part: string,
  limit: number,
): Promise<StoredAccessEntry[]> {
  const walked = await selectAmongNewest(db, conditions, WALK, pathContains(part), limit);
  if (walked.length === limit) return walked;
  return searchDays(db, [...conditions, pathIndexContains(part)], limit);
}

async function searchDays(
  db: Queryable,
  conditions: readonly Condition[],
  limit: number,
): Promise<StoredAccessEntry[]> {
  const days = (await partitionDays(db, 'access_logs')).reverse();
  let found: StoredAccessEntry[] = [];
  for (let at = 0, size = FIRST_DAYS; at < days.length; at += size, size *= GROWTH) {
    const oldest = days[Math.min(at + size, days.length) - 1];
    const before = at === 0 ? null : days[at - 1];
    const more = await selectReceived(db, conditions, oldest, before, limit);
    found = [...found, ...more].sort(newestFirst).slice(0, limit);
    if (found.length === limit && timeOf(found[limit - 1]) >= endOfOlder(oldest)) break;
  }
  return found;
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
