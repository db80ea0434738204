import type { Micros } from '../../../core/event.js';
import { minuteExpiry, sketchMinuteExpiry } from '../../../core/time-cover.js';
import { number, time } from '../literals.js';
import type { Session, Sessions } from '../sql.js';

/** Deletes what no question reaches any more: minute buckets, minute sketches, idempotency keys. */
export async function prune(background: Sessions, now: Micros): Promise<void> {
  await background.use(async (db) => {
    for (const project of await projectsOf(db)) {
      // by project, so that the primary key leads to the buckets
      const minutes = `project_id = ${number(project)} and tier = 1 and bucket <`;
      await db.run(`delete from access_rollups where ${minutes} ${time(minuteExpiry(now))}`);
      await db.run(`delete from access_uniques where ${minutes} ${time(sketchMinuteExpiry(now))}`);
    }
    await db.run(`delete from access_answers where expires_at <= ${time(now)}`);
  });
}

async function projectsOf(db: Session): Promise<number[]> {
  const found = await db.rows<{ project_id: number }>('select distinct project_id from access_hours');
  return found.map(({ project_id }) => project_id);
}
