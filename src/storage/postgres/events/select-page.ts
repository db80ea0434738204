import type { StoredEvent } from '../../../core/event.js';
import { firstRows, type FirstRows, type Queryable } from '../sql.js';
import { countUpTo } from '../reading/count-up-to.js';
import { EVENT_COLUMNS } from './event-columns.js';
import type { Segment } from './page-segments.js';
import { Values, where, type Condition } from '../reading/values.js';

/** At most `limit` events of `segments`, of about `maxBytes` of JSON (each segment gives one event at least), in their order, after the first `offset`. */
export async function selectPage(
  db: Queryable,
  filter: readonly Condition[],
  segments: readonly Segment[],
  offset: number,
  limit: number,
  maxBytes: number,
): Promise<FirstRows<StoredEvent>> {
  const page: StoredEvent[] = [];
  let skip = offset;
  let jsonBytes = 0;
  let isCut = false;
  for (const segment of segments) {
    const conditions = [...filter, ...segment.conditions];
    const found = await selectSegment(db, conditions, segment.orderBy, {
      offset: skip,
      limit: limit - page.length,
      maxBytes: maxBytes - jsonBytes,
    });
    page.push(...found.rows);
    jsonBytes += found.jsonBytes;
    ({ isCut } = found);
    if (isCut || page.length === limit) break;
    if (page.length > 0) skip = 0;
    else if (skip > 0) skip -= await countUpTo(db, 'events', conditions, skip);
  }
  return { rows: page, jsonBytes, isCut };
}

function selectSegment(
  db: Queryable,
  conditions: readonly Condition[],
  orderBy: string,
  { offset, limit, maxBytes }: { offset: number; limit: number; maxBytes: number },
): Promise<FirstRows<StoredEvent>> {
  const values = new Values();
  const text = `
    select ${EVENT_COLUMNS}
    from events
    ${where(conditions, values)}
    order by ${orderBy}
    limit ${values.bind(limit)} offset ${values.bind(offset)}`;
  return firstRows<StoredEvent>(db, { text, values: values.list }, maxBytes);
}
