import type { Queryable } from '../sql.js';
import { countUpTo } from './counts.js';
import type { FilterConditions } from './filter-conditions.js';
import { between, keyAfter, type Edge, type Key } from './key-edge.js';
import { type PageRoom, selectFew, selectRows, type RowSource } from './select-rows.js';
import type { Condition, RecordTable } from './values.js';

/** Rows of the first stretch: what one row in a hundred has fills a page from them. */
const WALK = 5_000;
/** Of what one row in a hundred has, or where so many rows are enough, each row is looked at; what is rarer the index on values finds. */
const FREQUENT = 0.01;
const MOST_WALKED = 25_000;
/** How many times as wide the next stretch is where nothing has been found yet, and at most. */
const GROWTH = 8;
const MOST_GROWTH = 64;
/** Safety factor of a stretch's width. */
const MARGIN = 1.5;

/** What is to be found, of one segment of a page. */
export interface Sought extends FilterConditions {
  table: RecordTable;
  /** What the order begins with; an index has it. */
  key: Key;
  orderBy: string;
}

/**
 * Fills a page with what has certain values, in stretches of its order, each wider than the last: how frequent a value is among the rows
 * just looked at tells how to look for it in the next. What is frequent is found by looking at the rows in order; of what is rare the
 * index finds all and it is sorted; between the two the index is asked for a stretch at a time.
 */
export async function findByValues<Row extends object>(
  db: Queryable,
  sought: Sought,
  room: PageRoom<Row>,
): Promise<void> {
  const { table, scope, key, isRareByNature } = sought;
  if (isRareByNature) {
    room.total = await addFew(db, sought, scope, room);
    if (room.total !== null) return;
  }
  const first = await keyAfter(db, table.name, scope, key, 0);
  if (first === null) return;
  const edge = await keyAfter(db, table.name, scope, key, WALK);
  const found = await addStretch(db, sought, between(key, null, edge), room, true);
  if (room.isFull || edge === null) return;
  const last = (await keyAfter(db, table.name, scope, { ...key, descending: !key.descending }, 0)) ?? edge;
  const width = Math.max(1, Math.abs(first - edge));
  const expected = (found * Math.abs(last - edge)) / width;
  if (expected < 2 * table.few && !isRareByNature) {
    if ((await addFew(db, sought, [...scope, ...between(key, edge, null)], room)) !== null) return;
  }
  await addStretches(db, sought, room, { edge, last, width, found });
}

/** `found`: rows of the first stretch, which has the first WALK rows and is so wide. */
async function addStretches<Row extends object>(
  db: Queryable,
  sought: Sought,
  room: PageRoom<Row>,
  { edge, last, width, found }: { edge: Edge; last: Edge; width: number; found: number },
): Promise<void> {
  const { key } = sought;
  const sign = key.descending ? -1 : 1;
  for (let rows = WALK; !room.isFull;) {
    const share = found / rows;
    const needed = share === 0 ? Infinity : (MARGIN * (room.skip + room.limit)) / share;
    const growth = share === 0 ? GROWTH : Math.min(MOST_GROWTH, Math.max(1, needed / rows));
    rows *= growth;
    width *= growth;
    const next = edge + sign * Math.ceil(width);
    const isLast = (next - last) * sign > 0;
    const isWalk = share >= FREQUENT || needed <= MOST_WALKED;
    found = await addStretch(db, sought, between(key, edge, isLast ? null : next), room, isWalk);
    if (isLast) return;
    edge = next;
  }
}

/** Gives how many rows the stretch has, where the page is not full by them. */
async function addStretch<Row extends object>(
  db: Queryable,
  { table, scope, values, indexed, orderBy }: Sought,
  between: readonly Condition[],
  room: PageRoom<Row>,
  isWalk: boolean,
): Promise<number> {
  const stretch = [...scope, ...between];
  const all = [...stretch, ...(isWalk ? values : indexed)];
  const { skip } = room;
  if (skip > 0) {
    const n = await countUpTo(db, table.name, all, skip);
    room.skipped(n);
    if (n < skip) return n;
  }
  const source: RowSource = isWalk ? { walk: stretch, where: values } : { gather: all };
  const { limit, maxBytes } = room;
  const found = await selectRows<Row>(db, table, source, orderBy, { skip, limit, maxBytes });
  room.add(found);
  return skip + found.rows.length;
}

/** How many there are, where they are few: then they have been added. */
async function addFew<Row extends object>(
  db: Queryable,
  { table, indexed, orderBy }: Sought,
  within: Condition[],
  room: PageRoom<Row>,
): Promise<number | null> {
  const all = [...within, ...indexed];
  if (room.skip === 0) {
    const few = await selectFew<Row>(db, table, all, orderBy, table.few, room);
    if (few) room.add(few);
    return few && few.total;
  }
  const n = await countUpTo(db, table.name, all, table.few + 1);
  if (n > table.few) return null;
  room.add(await selectRows(db, table, { gather: all }, orderBy, room));
  room.skipped(n);
  return n;
}
