import { number } from '../../literals.js';
import type { Sessions } from '../../sql.js';

/** How many rows there are; no further than `limit`, where there is one. */
export async function countRows(
  db: Sessions,
  conditions: readonly string[],
  limit?: number,
): Promise<number> {
  const where = conditions.join(' and ');
  const [{ n }] = await db.rows<{ n: number }>(
    limit === undefined
      ? `select count(*) as n from access_logs where ${where}`
      : `select count(*) as n from (select 1 from access_logs where ${where} limit ${number(limit)}) as some`,
  );
  return n;
}
