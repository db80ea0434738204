import type { EventFilter } from '../../../core/event-reader.js';
import { countUpTo } from '../reading/count-up-to.js';
import type { Condition } from '../reading/values.js';
import type { Queryable } from '../sql.js';
import type { FilterConditions } from './filter-conditions.js';
import { beyond, keyAfter, type Edge, type Key } from './key-edge.js';
import type { PageRoom } from './page-room.js';
import { selectFew, selectRows, type RowSource } from './select-rows.js';

/** Rows of the first stretch: what one row in a hundred has fills a page from them. */
const WALK = 5_000;
/** How many times as wide the next stretch is. */
const GROWTH = 8;
/** What is found so seldom is sooner found by the index on values than by looking at each row. */
const SELDOM = 0.01;
/** Rows that are found by values and sorted at once. */
const FEW = 2_000;

/** What is to be found, of one segment of a page. */
export interface Sought extends FilterConditions {
  filter: EventFilter;
  key: Key;
  orderBy: string;
}

/**
 * Fills a page with what has certain values, in stretches of its order, each wider than the last: how frequent a value is among the rows
 * just looked at tells how to look for it in the next. What is frequent is found by looking at the rows in order; of what is rare the
 * index finds all and it is sorted; between the two the index is asked for a stretch at a time.
 */
export async function findByValues(db: Queryable, sought: Sought, room: PageRoom): Promise<void> {
  const { scope, filter, key } = sought;
  if (isRareByNature(filter) && (await addFew(db, sought, scope, room))) return;
  const [first, edge] = [await keyAfter(db, scope, key, 0), await keyAfter(db, scope, key, WALK)];
  if (first === null) return;
  if (edge === null) return void (await addStretch(db, sought, scope, room, true));
  const found = await addStretch(db, sought, [...scope, beyond(key, edge, 'before')], room, true);
  if (room.isFull) return;
  const rest = [...scope, beyond(key, edge, 'from')];
  const isSeldom = found < WALK * SELDOM;
  if (isSeldom && !isRareByNature(filter) && (await addFew(db, sought, rest, room))) return;
  await addStretches(db, sought, room, { edge, width: Math.max(1, Math.abs(first - edge)), isSeldom });
}

async function addStretches(
  db: Queryable,
  sought: Sought,
  room: PageRoom,
  { edge, width, isSeldom }: { edge: Edge; width: number; isSeldom: boolean },
): Promise<void> {
  const { scope, key } = sought;
  const sign = key.descending ? -1 : 1;
  const last = await keyAfter(db, scope, { ...key, descending: !key.descending }, 0);
  for (let rows = WALK * GROWTH; !room.isFull; rows *= GROWTH) {
    width *= GROWTH;
    const from = [...scope, beyond(key, edge, 'from')];
    edge += sign * width;
    const isLast = last === null || (edge - last) * sign > 0;
    const stretch = isLast ? from : [...from, beyond(key, edge, 'before')];
    const found = await addStretch(db, sought, stretch, room, !isSeldom);
    if (isLast) return;
    isSeldom = found < rows * SELDOM;
  }
}

/** Gives how many rows the stretch has, where the page is not full by them. */
async function addStretch(
  db: Queryable,
  { values, indexed, orderBy }: Sought,
  stretch: Condition[],
  room: PageRoom,
  isWalk: boolean,
): Promise<number> {
  const all = [...stretch, ...(isWalk ? values : indexed)];
  const source: RowSource = isWalk ? { walk: stretch, where: values } : { gather: all };
  const { skip } = room;
  const found = await selectRows(db, source, orderBy, room);
  room.add(found);
  if (found.rows.length > 0 || skip === 0) return skip + found.rows.length;
  const skipped = await countUpTo(db, 'events', all, skip);
  room.skipped(skipped);
  return skipped;
}

/** Whether there are few: then they have been added. */
async function addFew(db: Queryable, { indexed, orderBy }: Sought, within: Condition[], room: PageRoom) {
  const all = [...within, ...indexed];
  if (room.skip === 0) {
    const few = await selectFew(db, all, orderBy, FEW, room);
    if (few) room.add(few);
    return few !== null;
  }
  const n = await countUpTo(db, 'events', all, FEW + 1);
  if (n > FEW) return false;
  room.add(await selectRows(db, { gather: all }, orderBy, room));
  room.skipped(n);
  return true;
}

// A user has few events among those of all, and a session fewer.
function isRareByNature({ userId, sessionId }: EventFilter): boolean {
  return userId !== undefined || sessionId !== undefined;
}
