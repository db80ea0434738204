import { number } from '../../literals.js';
import type { Sessions } from '../../sql.js';

/** How many rows there are. */
export async function countRows(db: Sessions, conditions: readonly string[]): Promise<number> {
  const [{ n }] = await db.rows<{ n: number }>(
    `select count(*) as n from access_logs where ${conditions.join(' and ')}`,
  );
  return n;
}

/** How many rows there are, no further than `limit`. @throws SightlineError `timeout` where `patienceS` is over sooner. */
export async function countUpTo(
  db: Sessions,
  conditions: readonly string[],
  limit: number,
  patienceS?: number,
): Promise<number> {
  const patience =
    patienceS === undefined ? '' : `set statement max_statement_time = ${number(patienceS)} for`;
  const [{ n }] = await db.rows<{ n: number }>(`
    ${patience} select count(*) as n
    from (select 1 from access_logs where ${conditions.join(' and ')} limit ${number(limit)}) as some_rows`);
  return n;
}
