import type { Sessions } from '../../sql.js';

/** How many rows the optimizer expects to read for these conditions, by looking into the index. */
export async function estimateRows(db: Sessions, conditions: readonly string[]): Promise<number> {
  const [{ rows, filtered }] = await db.rows<{ rows: string | number; filtered: number | null }>(
    `explain extended select id from access_logs where ${conditions.join(' and ')}`,
  );
  return Math.round((Number(rows) * (filtered ?? 100)) / 100);
}
