import { text } from '../literals.js';
import type { Session } from '../sql.js';

/**
 * Revision 0 for each hour that has entries received on this day, which are about to go: what is left of it is no longer all of
 * it, and stays so. By what counts them, before that goes too.
 */
export async function loseHours(db: Session, day: string): Promise<void> {
  const ofDay = `day = ${text(day)}`;
  await db.run(`
    insert into access_hours (project_id, hour, revision)
    select project_id, bucket, 0 from access_rollups where ${ofDay} and dimension = 'all' and tier = 60
    union
    select project_id, timestampadd(hour, hour(timestamp), date(timestamp)), 0 from access_deltas where ${ofDay}
    on duplicate key update revision = 0`);
}
