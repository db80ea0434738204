import { text } from '../literals.js';
import type { Session } from '../sql.js';

const HOUR_MICROS = 3_600_000_000;
// before 1970 too
const INTO_HOUR = `((micros mod ${HOUR_MICROS}) + ${HOUR_MICROS}) mod ${HOUR_MICROS}`;

/**
 * Revision 0 for each hour that has entries received on this day, which are about to go: what is left of it is no longer all of
 * it, and stays so. By what counts them, before that goes too, and by what is not counted yet.
 */
export async function loseHours(db: Session, day: string): Promise<void> {
  await db.run(`
    insert into access_hours (project_id, hour, revision)
    select project_id, bucket, 0 from access_rollups where day = ${text(day)} and tier = 60
    union
    select project_id, timestamp'1970-01-01 00:00:00' + interval (micros - ${INTO_HOUR}) div 1000000 second, 0
    from access_blocks b, json_table(b.records, '$[*]' columns (
      project_id int path '$[0]', day int path '$[1]', micros bigint path '$[2]'
    )) as r
    where r.day = datediff(${text(day)}, '1970-01-01')
    on duplicate key update revision = 0`);
}
