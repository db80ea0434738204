import { rows, type Queryable } from '../../sql.js';
import { IN_BATCH, type Batch } from './batch.js';

/** Raises the revision of the UTC hours that a batch belongs to; 0 stays: an hour that retention has taken entries from. */
export async function raiseHours(
  db: Queryable,
  { deltas, hours }: { deltas: string; hours: string },
  batch: Batch,
): Promise<void> {
  const text = `
insert into ${hours} as h (project_id, hour, revision)
select project_id, date_bin('1 hour', "timestamp", '1970-01-01Z'), 1
from ${deltas} d
where ${IN_BATCH}
group by 1, 2
on conflict (project_id, hour) do update set revision = h.revision + 1 where h.revision > 0`;
  await rows(db, { name: `rollups.raise-${hours}`, text, values: [batch.from, batch.to] });
}
