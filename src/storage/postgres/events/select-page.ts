import type { StoredEvent } from '../../../core/event.js';
import { firstRows, type FirstRows, type Queryable } from '../sql.js';
import { countUpTo } from '../reading/count-up-to.js';
import { columnsOfFirst } from './event-columns.js';
import type { Segment } from './page-segments.js';
import { Values, where, type Condition } from '../reading/values.js';

/** The events of a page, and whether others follow. */
export interface FoundPage {
  events: StoredEvent[];
  isMore: boolean;
}

/** At most `pageSize` events of `segments`, of about `maxBytes` of JSON (each segment gives one event at least), in their order, after the first `offset`. */
export async function selectPage(
  db: Queryable,
  filter: readonly Condition[],
  segments: readonly Segment[],
  offset: number,
  pageSize: number,
  maxBytes: number,
): Promise<FoundPage> {
  const page: StoredEvent[] = [];
  let skip = offset;
  let jsonBytes = 0;
  let isCut = false;
  for (const segment of segments) {
    const conditions = [...filter, ...segment.conditions];
    const found = await selectSegment(db, conditions, segment.orderBy, {
      offset: skip,
      pageSize: pageSize - page.length,
      maxBytes: maxBytes - jsonBytes,
    });
    page.push(...found.rows);
    jsonBytes += found.jsonBytes;
    ({ isCut } = found);
    if (isCut || page.length > pageSize) break;
    if (page.length > 0) skip = 0;
    else if (skip > 0) skip -= await countUpTo(db, 'events', conditions, skip);
  }
  return { events: page.slice(0, pageSize), isMore: isCut || page.length > pageSize };
}

// One more than asked for tells whether there is a next page.
function selectSegment(
  db: Queryable,
  conditions: readonly Condition[],
  orderBy: string,
  { offset, pageSize, maxBytes }: { offset: number; pageSize: number; maxBytes: number },
): Promise<FirstRows<StoredEvent>> {
  const values = new Values();
  const text = `
    select ${columnsOfFirst(`${values.bind(pageSize)}::int`)}
    from (
      select *
      from events
      ${where(conditions, values)}
      order by ${orderBy}
      limit ${values.bind(pageSize + 1)} offset ${values.bind(offset)}) page`;
  return firstRows<StoredEvent>(db, { text, values: values.list }, maxBytes);
}
