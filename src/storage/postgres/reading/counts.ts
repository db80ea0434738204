import { rows, type Queryable } from '../sql.js';
import { Values, where, type Condition, type RowTable } from './values.js';

interface Explained {
  'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }];
}

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

/** Of `some` rows that there are, in no order, how many hold further conditions; `looked` is less where there are not so many. */
export async function countAmong(
  db: Queryable,
  table: RowTable,
  conditions: readonly Condition[],
  further: readonly Condition[],
  some: number,
): Promise<{ looked: number; matching: number }> {
  const values = new Values();
  const among = `select * from ${table} ${where(conditions, values)} limit ${values.bind(some)}`;
  const text = `
    select count(*) as looked, count(*) filter (${where(further, values)}) as matching
    from (${among}) as looked_at`;
  const [counts] = await rows<{ looked: number; matching: number }>(db, { text, values: values.list });
  return counts;
}

/** How many rows the planner expects, from its statistics. */
export async function estimateCount(
  db: Queryable,
  table: RowTable,
  conditions: readonly Condition[],
): Promise<number> {
  const values = new Values();
  const text = `explain (format json) select from ${table} ${where(conditions, values)}`;
  const [explained] = await rows<Explained>(db, { text, values: values.list });
  return explained['QUERY PLAN'][0].Plan['Plan Rows'];
}
