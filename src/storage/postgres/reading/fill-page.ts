import type { FirstRows, Queryable } from '../sql.js';
import { countAll, countUpTo } from './counts.js';
import { findByValues, type Sought } from './find-by-values.js';
import { beside, keyAfter, newestFirst } from './key-edge.js';
import { type PageRoom, selectRows, type RowsWanted } from './select-rows.js';
import type { Condition } from './values.js';

/** From so many on rows are skipped in the index first. */
const MANY_SKIPPED = 1_000;

/** Adds the rows of a segment of a page, as far as there is room for them. */
export async function fillPage<Row extends object>(
  db: Queryable,
  sought: Sought,
  room: PageRoom<Row>,
): Promise<void> {
  if (sought.values.length > 0) return findByValues(db, sought, room);
  room.add(await skipRows<Row>(db, sought, room));
  if (room.isFull || room.skip === 0) return;
  room.skipped(await countUpTo(db, sought.table.name, sought.scope, room.skip));
}

/** Rows in the order of a key. Those that are skipped are counted in its index alone: the rows of 150,000 events are 100 MB. */
async function skipRows<Row>(
  db: Queryable,
  { table, scope, key, orderBy }: Sought,
  { skip, limit, maxBytes }: RowsWanted,
): Promise<FirstRows<Row>> {
  const edge = skip < MANY_SKIPPED ? null : await keyAfter(db, table.name, scope, key, skip);
  if (edge === null) {
    const look = (scope: readonly Condition[]) =>
      selectRows<Row>(db, table, { where: scope }, orderBy, { skip, limit, maxBytes });
    return newestFirst(scope, key, look, ({ rows, isCut }) => isCut || rows.length === limit);
  }
  // rows that share a key have no order in the index
  const before = await countAll(db, table.name, [...scope, beside(key, edge, 'before')]);
  const rest = [...scope, beside(key, edge, 'from')];
  const wanted = { skip: Math.max(0, skip - before), limit, maxBytes };
  return selectRows(db, table, { where: rest }, orderBy, wanted);
}
