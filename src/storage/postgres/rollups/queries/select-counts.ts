import type { Group } from '../../../../core/event-stats.js';
import { rows, type Queryable } from '../../sql.js';
import { countedOf, SUMMED, type Counted } from './counted.js';
import { RUNS, TOLD_APART, topValues } from './sources.js';

/** Counts of a window (see windowValues) by point and group; the groups with most of `measure` are told apart. */
export async function selectCounts(
  db: Queryable,
  window: unknown[],
  group: Group | null,
  measure: 'n' | 'errors',
): Promise<Counted[]> {
  const text = `
with ${RUNS}, ${countedOf(group)}, ${topValues('counted', measure === 'errors' ? 'sum(errors) desc, sum(n)' : 'sum(n)')}
select point, ${group === null ? 'value' : TOLD_APART} as value, ${SUMMED}
from counted
group by 1, 2
order by 1, 2`;
  return rows(db, { name: `stats.counts-${group ?? 'all'}-${measure}`, text, values: window });
}
