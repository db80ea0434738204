import type { StoredEvent } from '../../../core/event.js';
import { rows, type Queryable } from '../sql.js';
import { countUpTo } from '../reading/count-up-to.js';
import { EVENT_COLUMNS } from './event-columns.js';
import type { Segment } from './page-segments.js';
import { Values, where, type Condition } from '../reading/values.js';

/** At most `limit` events of `segments`, in their order, after the first `offset`. */
export async function selectPage(
  db: Queryable,
  filter: readonly Condition[],
  segments: readonly Segment[],
  offset: number,
  limit: number,
): Promise<StoredEvent[]> {
  const page: StoredEvent[] = [];
  let skip = offset;
  for (const segment of segments) {
    const conditions = [...filter, ...segment.conditions];
    const found = await selectSegment(db, conditions, segment.orderBy, skip, limit - page.length);
    page.push(...found);
    if (page.length === limit) break;
    if (page.length > 0) skip = 0;
    else if (skip > 0) skip -= await countUpTo(db, 'events', conditions, skip);
  }
  return page;
}

function selectSegment(
  db: Queryable,
  conditions: readonly Condition[],
  orderBy: string,
  offset: number,
  limit: number,
): Promise<StoredEvent[]> {
  const values = new Values();
  const text = `
    select ${EVENT_COLUMNS}
    from events
    ${where(conditions, values)}
    order by ${orderBy}
    limit ${values.bind(limit)} offset ${values.bind(offset)}`;
  return rows<StoredEvent>(db, { text, values: values.list });
}
