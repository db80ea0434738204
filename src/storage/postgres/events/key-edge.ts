import { formatRfc3339, parseRfc3339 } from '../../../core/rfc3339.js';
import { receivedFor } from '../reading/time-conditions.js';
import { Values, where, type Condition } from '../reading/values.js';
import { rows, type Queryable } from '../sql.js';
import type { KeyColumn } from './page-segments.js';

/** An order by a column that has an index. */
export interface Key {
  column: KeyColumn;
  descending: boolean;
}

/** A value of a key: microseconds since the Unix epoch, or an id. */
export type Edge = number;

/** The key of the row after the first `skip` rows in order, from the index alone; null where there are no more. */
export async function keyAfter(
  db: Queryable,
  within: readonly Condition[],
  { column, descending }: Key,
  skip: number,
): Promise<Edge | null> {
  const values = new Values();
  const text = `
    select ${column} as key
    from events ${where(within, values)}
    order by ${column} ${descending ? 'desc' : 'asc'}
    limit 1 offset ${values.bind(skip)}`;
  const [found] = await rows<{ key: number | string }>(db, { text, values: values.list });
  if (!found) return null;
  return typeof found.key === 'string' ? parseRfc3339(found.key)! : found.key;
}

/** Rows whose key is before an edge in its order, or those from it on. */
export function beyond({ column, descending }: Key, edge: Edge, side: 'before' | 'from'): Condition {
  const operator = side === 'before' ? (descending ? '>' : '<') : descending ? '<=' : '>=';
  if (column === 'id') return (values) => `id ${operator} ${values.bind(Math.round(edge))}`;
  const bound: Condition = (values) =>
    `${column} ${operator} ${values.bind(formatRfc3339(edge))}::timestamptz`;
  if (column === 'created_at' || operator.startsWith('<')) return bound;
  const received = receivedFor(edge);
  return (values) => `${bound(values)} and ${received(values)}`;
}
