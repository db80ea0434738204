import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import { rows, type Queryable } from '../sql.js';

/** Is this hour one of those of selectHours? */
export async function selectHour(db: Queryable, projectId: number, hour: Micros): Promise<boolean> {
  const [{ whole }] = await rows<{ whole: boolean }>(db, {
    name: 'access.hour',
    text: `select exists (select from access_hours
                          where project_id = $1 and hour = $2::timestamptz and revision > 0) as whole`,
    values: [projectId, formatRfc3339(hour)],
  });
  return whole;
}
