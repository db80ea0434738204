import { formatRfc3339, parseRfc3339 } from '../../../core/records/rfc3339.js';
import { DAY } from '../../../core/time.js';
import { rows, type Queryable } from '../sql.js';
import { receivedFor } from './filter-conditions.js';
import { Values, where, type Condition, type RowTable } from './values.js';

/** The columns that an index has in their order. */
export type KeyColumn = 'id' | 'created_at' | '"timestamp"';

/** An order by one of them. */
export interface Key {
  column: KeyColumn;
  descending: boolean;
}

/** A value of a key: microseconds since the Unix epoch, or an id. */
export type Edge = number;

/** So far back the newest rows are looked for first. */
const RECENT = 2 * DAY;

/**
 * Looks for the newest rows of a project in the last days, and in all where these do not have enough: planning to look at each day of a
 * month takes longer than most looks. In another order, and where the scope is more than the project (a range and a cursor leave out
 * days anyway), it looks at once.
 */
export async function newestFirst<Found>(
  scope: readonly Condition[],
  key: Key,
  look: (scope: readonly Condition[]) => Promise<Found>,
  isEnough: (found: Found) => boolean,
): Promise<Found> {
  if (scope.length === 1 && key.descending && key.column !== 'id') {
    const found = await look([...scope, ...between(key, null, Date.now() * 1000 - RECENT)]);
    if (isEnough(found)) return found;
  }
  return look(scope);
}

/** The key of the row after the first `skip` rows in order, from the index alone; null where there are no more. */
export async function keyAfter(
  db: Queryable,
  table: RowTable,
  within: readonly Condition[],
  key: Key,
  skip: number,
): Promise<Edge | null> {
  const look = (scope: readonly Condition[]) => {
    const values = new Values();
    const text = `
      select ${key.column} as key
      from ${table} ${where(scope, values)}
      order by ${key.column} ${key.descending ? 'desc' : 'asc'}
      limit 1 offset ${values.bind(skip)}`;
    return rows<{ key: number | string }>(db, { text, values: values.list });
  };
  const [found] = await newestFirst(within, key, look, ({ length }) => length > 0);
  if (!found) return null;
  return typeof found.key === 'string' ? parseRfc3339(found.key)! : found.key;
}

/** Rows whose key comes before an edge in this order, or from it on. */
export function beside({ column, descending }: Key, edge: Edge, side: 'before' | 'from'): Condition {
  const operator = side === 'before' ? (descending ? '>' : '<') : descending ? '<=' : '>=';
  if (column === 'id') return (values) => `id ${operator} ${values.bind(edge)}`;
  return (values) => `${column} ${operator} ${values.bind(formatRfc3339(edge))}::timestamptz`;
}

/** Rows whose key is from one edge on, and before the other; null: no end. */
export function between(key: Key, from: Edge | null, before: Edge | null): Condition[] {
  const conditions: Condition[] = [];
  if (from !== null) conditions.push(beside(key, from, 'from'));
  if (before !== null) conditions.push(beside(key, before, 'before'));
  const oldest = key.descending ? before : from;
  if (key.column === '"timestamp"' && oldest !== null) conditions.push(receivedFor(oldest));
  return conditions;
}
