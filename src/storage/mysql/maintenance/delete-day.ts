import { text } from '../literals.js';
import type { Session } from '../sql.js';

/** Deletes all that counts the entries received on a day. */
export async function deleteDay(db: Session, day: string): Promise<void> {
  for (const table of [
    'access_totals',
    'access_rollups',
    'access_latency',
    'access_uniques',
    'access_deltas',
  ]) {
    await db.run(`delete from ${table} where day = ${text(day)}`);
  }
}
