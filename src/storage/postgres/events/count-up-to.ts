import { rows, type Queryable } from '../sql.js';
import { Values, where, type Condition } from './values.js';

/** How many events there are, counted no further than `most`. */
export async function countUpTo(
  db: Queryable,
  conditions: readonly Condition[],
  most: number,
): Promise<number> {
  const values = new Values();
  const text = `
    select count(*) as n
    from (select from events ${where(conditions, values)} limit ${values.bind(most)}) as counted`;
  const [{ n }] = await rows<{ n: number }>(db, { text, values: values.list });
  return n;
}
