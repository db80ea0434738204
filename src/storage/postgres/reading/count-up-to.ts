import { rows, type Queryable } from '../sql.js';
import { Values, where, type Condition, type RowTable } from './values.js';

/** How many rows there are, counted no further than `most`. */
export async function countUpTo(
  db: Queryable,
  table: RowTable,
  conditions: readonly Condition[],
  most: number,
): Promise<number> {
  const values = new Values();
  const text = `
    select count(*) as n
    from (select from ${table} ${where(conditions, values)} limit ${values.bind(most)}) as counted`;
  const [{ n }] = await rows<{ n: number }>(db, { text, values: values.list });
  return n;
}
