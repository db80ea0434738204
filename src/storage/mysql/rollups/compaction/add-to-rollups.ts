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
insert into access_rollups
  (project_id, dimension, tier, bucket, value, day, n, errors, duration_n, duration_sum, duration_max)
select project_id, dimension, tier, bucket, given, day,
  sum(n), sum(errors), sum(duration_n), sum(duration_sum), max(duration_max)
from (
  select c.project_id, c.dimension, tier, ${BUCKET} as bucket, c.day,
    c.n, c.errors, c.duration_n, c.duration_sum, c.duration_max,
    if(c.dimension in (${NAMES}) and c.value <> '' and t.n is null, '(other)', c.value) as given
  from access_counted c
  left join access_totals t
    on t.project_id = c.project_id and t.dimension = c.dimension and t.value = c.value and t.day = c.day
  cross join (${tiers}) as tiers
  where (tier >= ${FROM_HOURS} or c.dimension not in (${NAMES})) and (tier > 1 or c.minute >= ${time(firstMinute)})
) as parts
group by project_id, dimension, tier, bucket, given, day
on duplicate key update n = access_rollups.n + values(n), errors = access_rollups.errors + values(errors),
  duration_n = access_rollups.duration_n + values(duration_n),
  duration_sum = access_rollups.duration_sum + values(duration_sum),
  duration_max = greatest(coalesce(access_rollups.duration_max, values(duration_max)),
                          coalesce(values(duration_max), access_rollups.duration_max))`);
}

const BUCKET = `case tier when 1 then c.minute when 15 then c.minute - interval minute(c.minute) mod 15 minute
    when 60 then c.minute - interval minute(c.minute) minute else date(c.minute) end`;
