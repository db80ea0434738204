import type { Count } from '../../../../core/event-reader.js';
import { countAll } from '../../reading/count-all.js';
import { countRows, EXACT_UP_TO } from '../../reading/count-rows.js';
import { estimateCount } from '../../reading/estimate-count.js';
import type { AccessFilter } from '../../../../core/access-reader.js';
import type { Queryable } from '../../sql.js';
import { pathContains, pathIndexContains, plainConditions, received } from './conditions.js';
import { countAmong } from './count-among.js';
import { countPathTotals } from './count-path-totals.js';
import { selectDays } from './select-days.js';

/** Entries by which the share of a part is guessed. */
const SAMPLE = 1_000;
/** From this share on looking at each path is sooner done than what the trigram index finds has been looked at again. */
const FREQUENT = 0.1;
/** More than should be needed, as a sample is a sample. */
const MARGIN = 1.3;
const NEWEST_DAYS = 2;
/** From so many matches on a sample tells of the whole. */
const TRUSTED_MATCHES = 20;
/** Where the sample and the totals both say so many, there is no doubt that it is more than is counted. */
const CLEARLY = 5 * EXACT_UP_TO;

/** How many entries of a filter have its part in their path. The planner is no help: it knows little of how frequent a part is. */
export async function countByPath(
  db: Queryable,
  projectId: number,
  filter: AccessFilter & { path: string },
  mode: 'auto' | 'exact',
): Promise<Count> {
  const { path: part } = filter;
  const conditions = plainConditions(projectId, filter);
  const days = (await selectDays(db)).slice(0, NEWEST_DAYS);
  const newest = days.length === 0 ? conditions : [...conditions, ...received(days[days.length - 1], null)];
  const { looked, matching } = await countAmong(db, newest, SAMPLE, pathContains(part));
  const share = looked === 0 ? 0 : matching / looked;
  const estimate = async () => Math.round(share * (await estimateCount(db, 'access_logs', conditions)));
  if (mode === 'auto' && matching >= TRUSTED_MATCHES && hasPathOnly(filter)) {
    const expected = await estimate();
    if (expected > CLEARLY && (await countPathTotals(db, projectId, part)) > CLEARLY) {
      return { total: expected, estimated: true };
    }
  }
  if (share < FREQUENT) return countRows(db, 'access_logs', [...conditions, pathIndexContains(part)], mode);
  if (mode === 'exact') {
    return {
      total: await countAll(db, 'access_logs', [...conditions, pathContains(part)]),
      estimated: false,
    };
  }
  const needed = Math.ceil((MARGIN * EXACT_UP_TO) / share);
  const counted = await countAmong(db, newest, needed, pathContains(part));
  if (counted.matching > EXACT_UP_TO) {
    return { total: Math.max(await estimate(), counted.matching), estimated: true };
  }
  return countRows(db, 'access_logs', [...conditions, pathIndexContains(part)], mode);
}

function hasPathOnly({ path: _, ...others }: AccessFilter): boolean {
  return Object.values(others).every((value) => value === undefined);
}
