import type { Session } from '../../sql.js';

/** Raises the revision of the UTC hours that a batch belongs to; 0 stays: an hour that retention has taken entries from. */
export async function raiseHours(db: Session): Promise<void> {
  await db.run(`
    insert into access_hours (project_id, hour, revision)
    select project_id, minute - interval minute(minute) minute as hour, 1 from access_batch group by project_id, hour
    on duplicate key update revision = if(access_hours.revision > 0, access_hours.revision + 1, 0)`);
}
