import { rows, type Queryable } from '../sql.js';
import { column } from './binary-array.js';
import type { KeyedEvent } from './keyed-event.js';

const SQL = `
insert into event_keys (key, created_at)
select key, created_at from unnest($1::uuid[], $2::timestamptz[]) as input (key, created_at)
on conflict (key) do nothing
returning key, id`;

/** Claims the keys that are new, and gives the id of each by its uuid. Sorted by key, or two flushes could deadlock. */
export async function insertKeys(db: Queryable, sorted: readonly KeyedEvent[]): Promise<Map<string, number>> {
  const claimed = await rows<{ key: string; id: number }>(db, {
    name: 'insert_event_keys',
    text: SQL,
    values: [
      column(sorted, 'uuid', 16, (array, { event }) => array.uuid(event.key)),
      column(sorted, 'timestamptz', 8, (array, { event }) => array.timestamptz(event.createdAt)),
    ],
  });
  return new Map(claimed.map(({ key, id }) => [key, id]));
}
