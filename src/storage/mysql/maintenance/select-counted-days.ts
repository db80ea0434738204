import type { Sessions } from '../sql.js';

/** The days of receipt of which entries are counted, also those whose rows are not kept. */
export async function selectCountedDays(db: Sessions): Promise<string[]> {
  const found = await db.rows<{ day: string }>('select distinct day from access_totals');
  return found.map(({ day }) => day);
}
