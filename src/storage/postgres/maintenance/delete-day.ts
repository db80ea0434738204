import type { CountedSource } from '../rollups/counted-source.js';
import { rows, type Queryable } from '../sql.js';

/** Deletes all that counts the records received on a day. */
export async function deleteDay(db: Queryable, source: CountedSource, day: string): Promise<void> {
  for (const table of [source.totals, source.rollups, source.latency, source.uniques, source.deltas]) {
    await rows(db, { text: `delete from ${table} where day = $1::date`, values: [day] });
  }
}
