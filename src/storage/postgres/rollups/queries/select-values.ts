import { rows, type Queryable } from '../../sql.js';
import type { CountedSource } from '../counted-source.js';
import { countedOf } from './counted.js';
import { RUNS } from './window-parts.js';

/** Every value of a dimension in a window (see windowValues), most frequent first. */
export async function selectValues(
  db: Queryable,
  source: CountedSource,
  window: unknown[],
  dimension: string,
): Promise<{ value: string; count: number }[]> {
  const text = `
with ${RUNS}, ${countedOf(source, dimension)}
select value, sum(n)::bigint as count
from counted
group by value
order by count desc, value collate "C"`;
  return rows(db, { name: `stats.${source.name}.values-${dimension}`, text, values: window });
}
