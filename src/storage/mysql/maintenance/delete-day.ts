import { text } from '../literals.js';
import type { Session } from '../sql.js';

/**
 * Deletes all that counts the entries received on a day. What is not counted yet of it stays in its blocks: it is counted, and goes
 * the next time.
 */
export async function deleteDay(db: Session, day: string): Promise<void> {
  for (const table of ['access_totals', 'access_rollups', 'access_uniques']) {
    await db.run(`delete from ${table} where day = ${text(day)}`);
  }
}
