import type { StoredAccessEntry } from '../../../../core/access-entry.js';
import { Values, where, type Condition } from '../../reading/values.js';
import { rows, type Queryable } from '../../sql.js';
import { ENTRY_COLUMNS, NEWEST_FIRST } from './entry-columns.js';

/** The newest entries, by an index that has them in this order. */
export function selectEntries(
  db: Queryable,
  conditions: readonly Condition[],
  offset: number,
  limit: number,
): Promise<StoredAccessEntry[]> {
  const values = new Values();
  const text = `
    select ${ENTRY_COLUMNS}
    from access_logs
    ${where(conditions, values)}
    ${NEWEST_FIRST}
    limit ${values.bind(limit)} offset ${values.bind(offset)}`;
  return rows(db, { text, values: values.list });
}
