import type { EventFilter } from '../../../../core/event-reader.js';
import { MAX_LAG_DAYS, type TailRange } from '../../../../core/event-tail.js';
import type { StoredEvent } from '../../../../core/event.js';
import { Values, where, type Condition } from '../../reading/values.js';
import { firstRows, type FirstRows, type Queryable } from '../../sql.js';
import { EVENT_COLUMNS } from '../event-columns.js';
import { filterConditions } from '../filter-conditions.js';

const MAX_LAG_MS = MAX_LAG_DAYS * 86_400_000;

/** The first events of a range of ids. Without the bound on receipt every partition there is would be looked into. */
export function selectTail(
  db: Queryable,
  projectId: number,
  filter: EventFilter,
  { after, upTo, except, sinceMs }: TailRange,
  most: { rows: number; bytes: number },
): Promise<FirstRows<StoredEvent>> {
  const received = { ...filter, timeField: 'created_at', from: (sinceMs - MAX_LAG_MS) * 1000 } as const;
  const range: Condition[] = [
    (values) => `id > ${values.bind(after)} and id <= ${values.bind(upTo)}`,
    ...(except.length > 0 ? [(values: Values) => `id <> all(${values.bind(except)}::bigint[])`] : []),
  ];
  // few ids: no index on values is needed
  const { scope, values: wanted } = filterConditions(projectId, received);
  const values = new Values();
  const text = `
    select ${EVENT_COLUMNS}
    from events
    ${where([...scope, ...wanted, ...range], values)}
    order by id
    limit ${values.bind(most.rows)}`;
  return firstRows<StoredEvent>(db, { text, values: values.list }, most.bytes);
}
