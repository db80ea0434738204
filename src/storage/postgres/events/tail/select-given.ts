import { rows, type Queryable } from '../../sql.js';

/** The highest id that was given to an event; 0 before the first. Not bound to what is committed. */
export async function selectGiven(db: Queryable): Promise<number> {
  const text = `select case when is_called then last_value else 0 end as given from event_ids`;
  const [{ given }] = await rows<{ given: number }>(db, { text });
  return given;
}
