import { rows, type Queryable } from '../sql.js';

const COUNTED_BY_DAY = ['event_totals', 'event_rollups', 'event_latency', 'event_uniques', 'event_deltas'];

/** Deletes the keys of the events received on a day, and all that counts them. */
export async function deleteDay(db: Queryable, day: string): Promise<void> {
  await rows(db, {
    text: `delete from event_keys
           where created_at >= $1::date::timestamp at time zone 'UTC'
             and created_at < ($1::date + 1)::timestamp at time zone 'UTC'`,
    values: [day],
  });
  for (const table of COUNTED_BY_DAY) {
    await rows(db, { text: `delete from ${table} where day = $1::date`, values: [day] });
  }
}
