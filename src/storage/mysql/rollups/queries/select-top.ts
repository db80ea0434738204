import type { MeasuredValue, TopOrder } from '../../../../core/top.js';
import type { Sessions } from '../../sql.js';
import { FAILED, type Dimension } from '../dimensions.js';
import type { WindowSql } from '../window-sql.js';

/** The first values of a dimension in a window, and how many entries it has in all. */
export async function selectTop(
  db: Sessions,
  { buckets, deltas }: WindowSql,
  { name, value }: Dimension,
  order: TopOrder,
  limit: number,
): Promise<{ found: MeasuredValue[]; total: number }> {
  const parts = await db.rows<Omit<MeasuredValue, 'value'> & { value: Buffer }>(`
    select value, n, errors, duration_n, duration_sum, duration_max
    from access_rollups where dimension = '${name}' and ${buckets}
    union all
    select ${value} as value, count(*), cast(sum(${FAILED}) as signed), count(latency_ms), coalesce(sum(latency_ms), 0), max(latency_ms)
    from access_deltas where ${deltas} group by 1`);
  // Added up here: see selectValues.
  const byValue = new Map<string, MeasuredValue>();
  let total = 0;
  for (const part of parts) {
    const key = part.value.toString('latin1');
    const known = byValue.get(key);
    total += part.n;
    if (known) add(known, part);
    else byValue.set(key, { ...part, value: part.value.toString() });
  }
  const { has, first } = ORDERS[order];
  const found = [...byValue.values()].filter((one) => one.value !== '(other)' && has(one));
  return { found: found.sort((a, b) => first(a, b) || byCount(a, b)).slice(0, limit), total };
}

interface Order {
  /** Has a value what it is put in order by? */
  has: (one: MeasuredValue) => boolean;
  /** Greatest first. */
  first: (a: MeasuredValue, b: MeasuredValue) => number;
}

const isTimed = ({ duration_n }: MeasuredValue) => duration_n > 0;
const mean = ({ duration_n, duration_sum }: MeasuredValue) => duration_sum / duration_n;

const ORDERS: Record<TopOrder, Order> = {
  count: { has: () => true, first: byCount },
  errors: { has: ({ errors }) => errors > 0, first: (a, b) => b.errors - a.errors },
  avg_ms: { has: isTimed, first: (a, b) => mean(b) - mean(a) },
  max_ms: { has: isTimed, first: (a, b) => b.duration_max! - a.duration_max! },
};

function byCount(a: MeasuredValue, b: MeasuredValue): number {
  return b.n - a.n || Buffer.compare(Buffer.from(a.value), Buffer.from(b.value));
}

function add(known: MeasuredValue, part: Omit<MeasuredValue, 'value'>): void {
  known.n += part.n;
  known.errors += part.errors;
  known.duration_n += part.duration_n;
  known.duration_sum += part.duration_sum;
  if (part.duration_max !== null) known.duration_max = Math.max(known.duration_max ?? 0, part.duration_max);
}
