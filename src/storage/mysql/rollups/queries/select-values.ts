import type { ValueCount } from '../../../../core/access-stats.js';
import type { Sessions } from '../../sql.js';
import type { Dimension } from '../dimensions.js';
import type { WindowSql } from '../window-sql.js';

/** Every value of a dimension in a window, most frequent first. */
export async function selectValues(
  db: Sessions,
  { buckets, deltas }: WindowSql,
  { name, value }: Dimension,
): Promise<ValueCount[]> {
  const parts = await db.rows<{ value: Buffer; n: number }>(`
    select value, n from access_rollups where dimension = '${name}' and ${buckets}
    union all
    select ${value} as value, count(*) as n from access_deltas where ${deltas} group by 1`);
  // Added up here: there, a temporary table would give each value its 2,000 bytes.
  const counts = new Map<string, number>();
  for (const part of parts) {
    const text = part.value.toString();
    counts.set(text, (counts.get(text) ?? 0) + part.n);
  }
  return [...counts].map(([text, count]) => ({ value: text, count })).sort(mostFrequentFirst);
}

function mostFrequentFirst(a: ValueCount, b: ValueCount): number {
  return b.count - a.count || Buffer.compare(Buffer.from(a.value), Buffer.from(b.value));
}
