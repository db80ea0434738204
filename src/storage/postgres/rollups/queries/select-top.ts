import type { MeasuredValue, TopOrder } from '../../../../core/top.js';
import { rows, type Queryable } from '../../sql.js';
import type { CountedSource } from '../counted-source.js';
import { summedOf } from './counted.js';
import { RUNS } from './window-parts.js';

/** Greatest first, and which values have it at all. */
const ORDERS: Record<TopOrder, { by: string; has: string }> = {
  count: { by: 'n desc', has: 'true' },
  errors: { by: 'errors desc, n desc', has: 'errors > 0' },
  avg_ms: { by: 'duration_sum / nullif(duration_n, 0) desc, n desc', has: 'duration_n > 0' },
  max_ms: { by: 'duration_max desc, n desc', has: 'duration_n > 0' },
};

/** The first values of a dimension in a window (see windowValues), and how many records it has in all. */
export async function selectTop(
  db: Queryable,
  source: CountedSource,
  window: unknown[],
  { dimension, order, limit }: { dimension: string; order: TopOrder; limit: number },
): Promise<{ found: MeasuredValue[]; total: number }> {
  const first = await rows<MeasuredValue & { value: string | null; total: number }>(db, {
    name: `stats.${source.name}.top-${dimension}-${order}`,
    text: textOf(source, dimension, order),
    values: [...window, limit],
  });
  return { found: first.filter(({ value }) => value !== null), total: first[0].total };
}

// One row without a value where no value has what is asked for: the total is to be told all the same.
function textOf(source: CountedSource, dimension: string, order: TopOrder): string {
  const { by, has } = ORDERS[order];
  return `
with ${RUNS}, ${summedOf(source, dimension)}
select first.*, whole.total
from (select coalesce(sum(n), 0)::bigint as total from summed) as whole
left join lateral (
  select * from summed where value <> '(other)' and ${has} order by ${by}, value collate "C" limit $7
) as first on true
order by ${by}, value collate "C"`;
}
