import { SightlineError } from '../../../core/errors.js';
import type { StoredEvent } from '../../../core/records/event.js';
import { countUpTo } from '../reading/counts.js';
import { fillPage } from '../reading/fill-page.js';
import { PageRoom, selectRows } from '../reading/select-rows.js';
import type { Condition, RecordTable } from '../reading/values.js';
import type { Queryable } from '../sql.js';
import { filterConditions } from './filter-conditions.js';
import type { Segment } from './page-segments.js';

/** Most events that are sorted by a column without an index: a tenth of a second. */
const MOST_SORTED = 100_000;
/** The bound for pages after the first: a walk by cursor must not be refused because more events arrived meanwhile. */
const MOST_SORTED_FROM_CURSOR = 4 * MOST_SORTED;

/** The columns of `StoredEvent`, in its order. */
export const EVENT_COLUMNS = `id, event_id, event_type, event_name, "timestamp", reported_timestamp, properties, device_info,
  user_id, session_id, app_version, sequence_number, priority, created_at, processed_at`;

const EVENTS: RecordTable = { name: 'events', columns: EVENT_COLUMNS, few: 2_000 };

/** Where a page lies in its order. */
interface PagePlace {
  /** Rows to skip. */
  offset: number;
  limit: number;
  /** Of JSON, about; each segment gives one event at least. */
  maxBytes: number;
  isFirst: boolean;
}

/**
 * The events of a page, in the order of its segments.
 * @throws SightlineError `validation_error` where there are too many events to sort
 */
export async function selectPage(
  db: Queryable,
  projectId: number,
  segments: readonly Segment[],
  place: PagePlace,
): Promise<PageRoom<StoredEvent>> {
  const room = new PageRoom<StoredEvent>(place.offset, place.limit, place.maxBytes);
  for (const segment of segments) {
    await addSegment(db, projectId, segment, room, place.isFirst);
    if (room.isFull) break;
  }
  // what is after a cursor, or in one segment of several, is not all
  if (!place.isFirst || segments.length > 1) room.total = null;
  return room;
}

async function addSegment(
  db: Queryable,
  projectId: number,
  segment: Segment,
  room: PageRoom<StoredEvent>,
  isFirst: boolean,
): Promise<void> {
  const { filter, conditions, key, orderBy } = segment;
  const found = filterConditions(projectId, filter, key?.column);
  const scope = [...found.scope, ...conditions];
  if (key !== null) return fillPage(db, { ...found, scope, table: EVENTS, key, orderBy }, room);
  const all = [...scope, ...found.indexed];
  await refuseTooMany(db, all, orderBy, isFirst ? MOST_SORTED : MOST_SORTED_FROM_CURSOR);
  room.add(await selectRows<StoredEvent>(db, EVENTS, { where: all }, orderBy, room));
}

async function refuseTooMany(
  db: Queryable,
  conditions: readonly Condition[],
  orderBy: string,
  most: number,
): Promise<void> {
  if ((await countUpTo(db, 'events', conditions, most + 1)) <= most) return;
  const [column] = orderBy.split(' ', 1);
  const message =
    `sorts at most ${MOST_SORTED} events by ${column}, and these are more: narrow by start_time and end_time or by a filter, ` +
    `or sort by created_at, timestamp, id, event_type or priority, which have no such limit`;
  throw new SightlineError('validation_error', `sort_by: ${message}`, {
    details: [{ field: 'sort_by', message }],
  });
}
