import { Values, where, type Condition } from '../../reading/values.js';
import { rows, type Queryable } from '../../sql.js';

/** How many of `sample` entries a further condition holds for; `looked` is less where there are not so many. */
export async function countAmong(
  db: Queryable,
  conditions: readonly Condition[],
  sample: number,
  further: Condition,
): Promise<{ looked: number; matching: number }> {
  const values = new Values();
  const text = `
    select count(*) as looked, count(*) filter (where ${further(values)}) as matching
    from (select path from access_logs ${where(conditions, values)} limit ${values.bind(sample)}) as sample`;
  const [counts] = await rows<{ looked: number; matching: number }>(db, { text, values: values.list });
  return counts;
}
