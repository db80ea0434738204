import { REMEMBERED_DAYS, type FoldedRecords } from '../../../../core/store-maintenance.js';
import type { Session } from '../../sql.js';
import { CAPPED } from '../dimensions.js';

const NAMES = CAPPED.map(({ name }) => `'${name}'`).join(', ');

/**
 * Adds a batch to access_totals, the register of the values that are counted one by one: a value that is new
 * where there is no more room, of its project, day and dimension, is counted as '(other)'. What earlier days know goes first and
 * has room of its own, then the most frequent; that is looked up by the primary key and only on a day that is full (by the index on
 * days 30,000 new values took minutes). Gives the records that were counted as '(other)' so. After countBatch.
 */
export async function addToTotals(db: Session, maxNames: number): Promise<FoldedRecords[]> {
  const before = new Map((await selectOthers(db)).map((row) => [keyOf(row), row.n]));
  await db.run(textOf(maxNames));
  const after = await selectOthers(db);
  return after
    .map((row) => ({ ...row, records: row.n - row.told - (before.get(keyOf(row)) ?? 0) }))
    .filter(({ records }) => records > 0)
    .map(({ projectId, day, dimension, records }) => ({ projectId, day, dimension, records }));
}

function textOf(maxNames: number): string {
  return `
insert into access_totals (project_id, dimension, value, day, n)
with counted as (
  select project_id, dimension, value, day, sum(n) as n from access_counted group by project_id, dimension, value, day
), told as (
  select c.*, c.dimension in (${NAMES}) and c.value not in ('', '(other)') and t.n is null as fresh
  from counted c left join access_totals t
    on t.project_id = c.project_id and t.dimension = c.dimension and t.value = c.value and t.day = c.day
), room as (
  select w.project_id, w.day, w.dimension, w.wanted, count(t.value) as taken
  from (select project_id, day, dimension, count(*) as wanted from told where fresh group by project_id, day, dimension) as w
  left join access_totals t
    on t.day = w.day and t.project_id = w.project_id and t.dimension = w.dimension and t.value not in ('', '(other)')
  group by w.project_id, w.day, w.dimension, w.wanted
), told_apart as (
  select told.*, r.taken, if(told.fresh and r.taken + r.wanted > ${maxNames} and r.taken < 2 * ${maxNames}, exists (
    select 1 from access_totals e force index (primary)
    where e.project_id = told.project_id and e.dimension = told.dimension and e.value = told.value
      and e.day >= told.day - interval ${REMEMBERED_DAYS} day and e.day < told.day
  ), 0) as remembered
  from told left join room r on r.project_id = told.project_id and r.day = told.day and r.dimension = told.dimension
), placed as (
  select a.*, taken + row_number() over (
    partition by project_id, day, dimension, fresh order by remembered desc, n desc, value
  ) as place
  from told_apart a
)
select project_id, dimension, if(fresh and place > if(remembered, 2, 1) * ${maxNames}, '(other)', value) as given, day, sum(n)
from placed
group by project_id, dimension, given, day
on duplicate key update n = access_totals.n + values(n)`;
}

interface Other {
  projectId: number;
  day: string;
  dimension: string;
  n: number;
  /** Of the batch, what is '(other)' whatever room there is: values that are too long. */
  told: number;
}

/** What is counted as '(other)' on the days of a batch. A few rows by the primary key, where looking for the values again took a third more time. */
function selectOthers(db: Session): Promise<Other[]> {
  return db.rows<Other>(`
select t.project_id as projectId, t.day, t.dimension, cast(t.n as double) as n, cast(coalesce((
  select sum(c.n) from access_counted c
  where c.project_id = t.project_id and c.dimension = t.dimension and c.value = t.value and c.day = t.day
), 0) as double) as told
from (select distinct project_id, day from access_batch) b
join access_totals t
  on t.project_id = b.project_id and t.dimension in (${NAMES}) and t.value = '(other)' and t.day = b.day`);
}

function keyOf({ projectId, day, dimension }: Other): string {
  return `${projectId} ${day} ${dimension}`;
}
