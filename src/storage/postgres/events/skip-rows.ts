import type { StoredEvent } from '../../../core/event.js';
import { countAll } from '../reading/count-all.js';
import type { Condition } from '../reading/values.js';
import type { FirstRows, Queryable } from '../sql.js';
import { beside, keyAfter, type Key } from './key-edge.js';
import { selectRows, type RowsWanted } from './select-rows.js';

/** From so many on rows are skipped in the index first. */
const MANY = 1_000;

/** Rows in the order of a key. Those that are skipped are counted in its index alone: the rows of 150,000 events are 100 MB. */
export async function skipRows(
  db: Queryable,
  within: readonly Condition[],
  key: Key,
  orderBy: string,
  { skip, limit, maxBytes }: RowsWanted,
): Promise<FirstRows<StoredEvent>> {
  const edge = skip < MANY ? null : await keyAfter(db, within, key, skip);
  if (edge === null) return selectRows(db, { where: within }, orderBy, { skip, limit, maxBytes });
  // rows that share a key have no order in the index
  const before = await countAll(db, 'events', [...within, beside(key, edge, 'before')]);
  const rest = [...within, beside(key, edge, 'from')];
  return selectRows(db, { where: rest }, orderBy, { skip: Math.max(0, skip - before), limit, maxBytes });
}
