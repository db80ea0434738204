import { rows, type Queryable } from '../sql.js';

// Timers of several processes do not tick together: one that comes a little early takes its turn all the same.
const EARLY = 0.9;

/** By the database's clock, the one that all processes share. */
export async function claimJob(db: Queryable, job: string, everyMs: number): Promise<boolean> {
  const claimed = await rows(db, {
    name: 'maintenance.claim',
    text: `insert into maintenance_jobs as j (job, ran_at) values ($1, clock_timestamp())
           on conflict (job) do update set ran_at = excluded.ran_at
           where j.ran_at <= excluded.ran_at - $2::float8 * interval '1 millisecond'
           returning 1`,
    values: [job, everyMs * EARLY],
  });
  return claimed.length > 0;
}

export async function giveJobBack(db: Queryable, job: string): Promise<void> {
  await rows(db, { text: 'delete from maintenance_jobs where job = $1', values: [job] });
}
