import type { StoredAccessEntry } from '../../../../core/access-entry.js';
import { Values, where, type Condition } from '../../reading/values.js';
import { rows, type Queryable } from '../../sql.js';
import { ENTRY_COLUMNS, NEWEST_FIRST } from './entry-columns.js';

/**
 * The newest entries, by whatever index finds them soonest: without the limit in the same query the planner does not walk all
 * entries in their order for one that is not there. null where there are more than `most`: then it should.
 */
export async function selectAny(
  db: Queryable,
  conditions: readonly Condition[],
  most: number,
  limit: number,
): Promise<StoredAccessEntry[] | null> {
  const values = new Values();
  const text = `
    select ${ENTRY_COLUMNS}, count(*) over () as n
    from (select * from access_logs ${where(conditions, values)} limit ${values.bind(most + 1)}) as found
    ${NEWEST_FIRST}
    limit ${values.bind(limit)}`;
  const found = await rows<StoredAccessEntry & { n: number }>(db, { text, values: values.list });
  if (found.length > 0 && found[0].n > most) return null;
  return found.map(({ n: _, ...entry }) => entry);
}
