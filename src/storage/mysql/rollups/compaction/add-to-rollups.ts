import type { Micros } from '../../../../core/event.js';
import { TIERS } from '../../../../core/time-cover.js';
import { time } from '../../literals.js';
import type { Session } from '../../sql.js';
import { CAPPED } from '../dimensions.js';

const NAMES = CAPPED.map(({ name }) => `'${name}'`).join(', ');
/** What CAPPED have. */
const FROM_HOURS = 60;

/** Adds a batch to access_rollups; minute buckets before `firstMinute` are left out. After addToTotals. */
export async function addToRollups(db: Session, firstMinute: Micros): Promise<void> {
  const tiers = TIERS.map((tier) => `select ${tier} as tier`).join(' union all ');
  await db.run(`
insert into access_rollups (project_id, dimension, tier, bucket, value, day, n)
select project_id, dimension, tier, bucket, given, day, sum(n)
from (
  select c.project_id, c.dimension, tier, ${BUCKET} as bucket, c.day, c.n,
    if(c.dimension in (${NAMES}) and c.value <> '' and t.n is null, '(other)', c.value) as given
  from access_counted c
  left join access_totals t
    on t.project_id = c.project_id and t.dimension = c.dimension and t.value = c.value and t.day = c.day
  cross join (${tiers}) as tiers
  where (tier >= ${FROM_HOURS} or c.dimension not in (${NAMES})) and (tier > 1 or c.minute >= ${time(firstMinute)})
) as parts
group by project_id, dimension, tier, bucket, given, day
on duplicate key update n = access_rollups.n + values(n)`);
}

const BUCKET = `case tier when 1 then c.minute when 15 then c.minute - interval minute(c.minute) mod 15 minute
    when 60 then c.minute - interval minute(c.minute) minute else date(c.minute) end`;
