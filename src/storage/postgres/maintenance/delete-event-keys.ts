import { rows, type Queryable } from '../sql.js';

/** Deletes the keys of the events received on a day. */
export async function deleteEventKeys(db: Queryable, day: string): Promise<void> {
  await rows(db, {
    text: `delete from event_keys
           where created_at >= $1::date::timestamp at time zone 'UTC'
             and created_at < ($1::date + 1)::timestamp at time zone 'UTC'`,
    values: [day],
  });
}
