import { rows, type Queryable } from '../sql.js';

/**
 * Revision 0 for each hour that has entries received on this day, which are about to go: what is left of it is no longer all of
 * it, and stays so. By what counts them, before that goes too.
 */
export async function loseHours(db: Queryable, day: string): Promise<void> {
  await rows(db, {
    text: `
insert into access_hours (project_id, hour, revision)
select project_id, bucket, 0 from access_rollups where day = $1::date and tier = 60
union
select project_id, date_bin('1 hour', "timestamp", '1970-01-01Z'), 0 from access_pending where day = $1::date
on conflict (project_id, hour) do update set revision = 0`,
    values: [day],
  });
}
