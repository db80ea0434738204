import type { StoredAccessEntry } from '../../../../core/access-entry.js';
import { Values, where, type Condition } from '../../reading/values.js';
import { rows, type Queryable } from '../../sql.js';
import { ENTRY_COLUMNS, NEWEST_FIRST } from './entry-columns.js';

/** Those of the `newest` entries of `conditions` that a further condition holds for, newest first. */
export function selectAmongNewest(
  db: Queryable,
  conditions: readonly Condition[],
  newest: number,
  further: Condition,
  limit: number,
): Promise<StoredAccessEntry[]> {
  const values = new Values();
  const text = `
    select ${ENTRY_COLUMNS}
    from (
      select * from access_logs ${where(conditions, values)} ${NEWEST_FIRST} limit ${values.bind(newest)}
    ) as newest
    where ${further(values)}
    ${NEWEST_FIRST}
    limit ${values.bind(limit)}`;
  return rows(db, { text, values: values.list });
}
