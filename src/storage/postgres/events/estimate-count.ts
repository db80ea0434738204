import { rows, type Queryable } from '../sql.js';
import { Values, where, type Condition } from './values.js';

interface Explained {
  'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }];
}

/** How many events the planner expects, from its statistics. */
export async function estimateCount(db: Queryable, conditions: readonly Condition[]): Promise<number> {
  const values = new Values();
  const text = `explain (format json) select from events ${where(conditions, values)}`;
  const [explained] = await rows<Explained>(db, { text, values: values.list });
  return explained['QUERY PLAN'][0].Plan['Plan Rows'];
}
