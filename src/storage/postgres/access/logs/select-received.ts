import type { StoredAccessEntry } from '../../../../core/access-entry.js';
import { Values, where, type Condition } from '../../reading/values.js';
import { rows, type Queryable } from '../../sql.js';
import { ENTRY_COLUMNS, NEWEST_FIRST } from './entry-columns.js';

/**
 * The newest of the entries received on some days, by whatever index finds them soonest: `offset 0` keeps the order and
 * the limit from the planner, which would walk all entries in that order for one that is not there.
 * @param from UTC day, inclusive. @param before UTC day, exclusive; null: no end.
 */
export function selectReceived(
  db: Queryable,
  conditions: readonly Condition[],
  from: string,
  before: string | null,
  limit: number,
): Promise<StoredAccessEntry[]> {
  const values = new Values();
  const received: Condition[] = [(v) => `created_at >= ${v.bind(`${from}T00:00:00Z`)}::timestamptz`];
  if (before !== null) received.push((v) => `created_at < ${v.bind(`${before}T00:00:00Z`)}::timestamptz`);
  const text = `
    select ${ENTRY_COLUMNS}
    from (select * from access_logs ${where([...conditions, ...received], values)} offset 0) as found
    ${NEWEST_FIRST}
    limit ${values.bind(limit)}`;
  return rows(db, { text, values: values.list });
}
