import type { StoredAccessEntry } from '../../../../core/access-entry.js';
import type { Micros } from '../../../../core/event.js';
import type { AccessPosition } from '../../../access-cursor.js';
import { inRange } from '../../reading/time-conditions.js';
import { Values, where, type Condition } from '../../reading/values.js';
import { rows, type Queryable } from '../../sql.js';
import { ENTRY_COLUMNS } from './entry-columns.js';

const HOUR_MICROS = 3_600e6;

/** The next `limit` entries of an hour after a position, oldest first. */
export function selectHour(
  db: Queryable,
  projectId: number,
  hour: Micros,
  last: AccessPosition | null,
  limit: number,
): Promise<StoredAccessEntry[]> {
  const values = new Values();
  const conditions: Condition[] = [
    (v) => `project_id = ${v.bind(projectId)}`,
    ...inRange('"timestamp"', hour, hour + HOUR_MICROS),
  ];
  if (last) {
    conditions.push(
      (v) => `("timestamp", id) > (${v.bind(last.timestamp)}::timestamptz, ${v.bind(last.id)}::bigint)`,
    );
  }
  const text = `
    select ${ENTRY_COLUMNS}
    from access_logs
    ${where(conditions, values)}
    order by "timestamp", id
    limit ${values.bind(limit)}`;
  return rows(db, { text, values: values.list });
}
