import { SightlineError } from '../../../core/errors.js';
import type { StoredEvent } from '../../../core/event.js';
import { countAll } from '../reading/count-all.js';
import { countUpTo } from '../reading/count-up-to.js';
import type { Condition } from '../reading/values.js';
import type { FirstRows, Queryable } from '../sql.js';
import { filterConditions } from './filter-conditions.js';
import { findByValues } from './find-by-values.js';
import { beside, keyAfter, type Key } from './key-edge.js';
import { PageRoom } from './page-room.js';
import type { Segment } from './page-segments.js';
import { selectRows, type RowsWanted } from './select-rows.js';

/** Most events that are read to be sorted by a column that no index has in order: a tenth of a second. */
const MOST_SORTED = 100_000;
/** Who walks by cursor is not turned away where more events came meanwhile. */
const MOST_SORTED_FROM_CURSOR = 4 * MOST_SORTED;

/** From so many on rows are skipped in the index first. */
const MANY_SKIPPED = 1_000;

/** Where a page lies in its order. */
export interface PagePlace {
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
): Promise<FirstRows<StoredEvent>> {
  const room = new PageRoom(place.offset, place.limit, place.maxBytes);
  for (const segment of segments) {
    await addSegment(db, projectId, segment, room, place.isFirst);
    if (room.isFull) break;
  }
  return room;
}

async function addSegment(
  db: Queryable,
  projectId: number,
  segment: Segment,
  room: PageRoom,
  isFirst: boolean,
): Promise<void> {
  const { filter, conditions, key, orderBy } = segment;
  const { scope, values, indexed } = filterConditions(projectId, filter, key?.column);
  const within = [...scope, ...conditions];
  if (key === null) {
    const all = [...within, ...indexed];
    await refuseTooMany(db, all, orderBy, isFirst ? MOST_SORTED : MOST_SORTED_FROM_CURSOR);
    room.add(await selectRows(db, { where: all }, orderBy, room));
  } else if (values.length > 0) {
    await findByValues(db, { scope: within, values, indexed, key, orderBy, filter }, room);
  } else {
    room.add(await skipRows(db, within, key, orderBy, room));
    if (!room.isFull && room.skip > 0) room.skipped(await countUpTo(db, 'events', within, room.skip));
  }
}

/** Rows in the order of a key. Those that are skipped are counted in its index alone: the rows of 150,000 events are 100 MB. */
async function skipRows(
  db: Queryable,
  within: readonly Condition[],
  key: Key,
  orderBy: string,
  { skip, limit, maxBytes }: RowsWanted,
): Promise<FirstRows<StoredEvent>> {
  const edge = skip < MANY_SKIPPED ? null : await keyAfter(db, within, key, skip);
  if (edge === null) return selectRows(db, { where: within }, orderBy, { skip, limit, maxBytes });
  // rows that share a key have no order in the index
  const before = await countAll(db, 'events', [...within, beside(key, edge, 'before')]);
  const rest = [...within, beside(key, edge, 'from')];
  return selectRows(db, { where: rest }, orderBy, { skip: Math.max(0, skip - before), limit, maxBytes });
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
