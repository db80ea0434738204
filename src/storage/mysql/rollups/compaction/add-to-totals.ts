import type { Session } from '../../sql.js';
import { CAPPED } from '../dimensions.js';

const NAMES = CAPPED.map(({ name }) => `'${name}'`).join(', ');

/**
 * Adds a batch to access_totals, the register of the values that are counted one by one: a value that is new
 * where there is no more room, of its project, day and dimension, is counted as '(other)'. The most frequent go first.
 * After countBatch.
 */
export async function addToTotals(db: Session, maxNames: number): Promise<void> {
  await db.run(`
insert into access_totals (project_id, dimension, value, day, n)
with counted as (
  select project_id, dimension, value, day, sum(n) as n from access_counted group by project_id, dimension, value, day
), told as (
  select c.*, t.n is not null as known, c.dimension in (${NAMES}) and c.value not in ('', '(other)') as capped
  from counted c left join access_totals t
    on t.project_id = c.project_id and t.dimension = c.dimension and t.value = c.value and t.day = c.day
), placed as (
  select told.*, row_number() over (partition by project_id, day, dimension, capped, known order by n desc, value) as place
  from told
), room as (
  select project_id, day, dimension, ${maxNames} - (
    select count(*) from access_totals t
    where t.day = c.day and t.project_id = c.project_id and t.dimension = c.dimension and t.value not in ('', '(other)')
  ) as room
  from (select distinct project_id, day, dimension from told where capped and not known) as c
)
select p.project_id, p.dimension, if(p.capped and not p.known and p.place > r.room, '(other)', p.value) as given, p.day, sum(p.n)
from placed p left join room r on r.project_id = p.project_id and r.day = p.day and r.dimension = p.dimension
group by p.project_id, p.dimension, given, p.day
on duplicate key update n = access_totals.n + values(n)`);
}
