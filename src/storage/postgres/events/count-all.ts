import { rows, type Queryable } from '../sql.js';
import { Values, where, type Condition } from './values.js';

/** How many events there are, by a scan. */
export async function countAll(db: Queryable, conditions: readonly Condition[]): Promise<number> {
  const values = new Values();
  const text = `select count(*) as n from events ${where(conditions, values)}`;
  const [{ n }] = await rows<{ n: number }>(db, { text, values: values.list });
  return n;
}
