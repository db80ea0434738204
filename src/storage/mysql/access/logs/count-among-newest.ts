import { number, text } from '../../literals.js';
import type { Sessions } from '../../sql.js';

/** Of the `newest` rows of `conditions` (fewer where there are not so many), how many have a part in their path. */
export async function countAmongNewest(
  db: Sessions,
  conditions: readonly string[],
  part: string,
  newest: number,
): Promise<{ looked: number; found: number }> {
  const [{ looked, found }] = await db.rows<{ looked: number; found: string | null }>(`
    select count(*) as looked, sum(locate(${text(part)}, path) > 0) as found
    from (
      select path from access_logs where ${conditions.join(' and ')}
      order by timestamp desc, id desc limit ${number(newest)}
    ) as newest`);
  return { looked, found: Number(found ?? 0) };
}
