import { rows, type Queryable } from '../sql.js';
import { Values, where, type Condition, type RowTable } from './values.js';

/** How many rows there are, by a scan. */
export async function countAll(
  db: Queryable,
  table: RowTable,
  conditions: readonly Condition[],
): Promise<number> {
  const values = new Values();
  const text = `select count(*) as n from ${table} ${where(conditions, values)}`;
  const [{ n }] = await rows<{ n: number }>(db, { text, values: values.list });
  return n;
}
