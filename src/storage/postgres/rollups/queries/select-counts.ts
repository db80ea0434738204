import { rows, type Queryable } from '../../sql.js';
import type { CountedSource } from '../counted-source.js';
import { countedOf, SUMMED, type Counted } from './counted.js';
import { RUNS, TOLD_APART, topValues } from './window-parts.js';

/** Counts of a window (see windowValues) by point and group; the groups with most of `measure` are told apart. */
export async function selectCounts(
  db: Queryable,
  source: CountedSource,
  window: unknown[],
  group: string | null,
  measure: 'n' | 'errors',
): Promise<Counted[]> {
  const text = `
with ${RUNS}, ${countedOf(source, group)}, ${topValues('counted', measure === 'errors' ? 'sum(errors) desc, sum(n)' : 'sum(n)')}
select point, ${group === null ? 'value' : TOLD_APART} as value, ${SUMMED}
from counted
group by 1, 2
order by 1, 2`;
  const name = `stats.${source.name}.counts-${group ?? 'all'}-${measure}`;
  return rows(db, { name, text, values: window });
}
