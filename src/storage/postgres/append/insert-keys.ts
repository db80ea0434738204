import type { NewEvent } from '../../../core/event.js';
import { rows, type Queryable } from '../sql.js';
import { column } from './binary-array.js';

const SQL = `
insert into event_keys (key, id, created_at)
select key, id, created_at from (
  select key, nextval('event_ids') as id, created_at from unnest($1::uuid[], $2::timestamptz[]) as input (key, created_at)
) as numbered
order by key
on conflict (key) do nothing
returning key, id`;

/**
 * Claims the keys that are new, and gives the id of each by its uuid. Ids rise in the order of the events;
 * keys are inserted in their own order, or two flushes with the same ones could deadlock.
 */
export async function insertKeys(db: Queryable, events: readonly NewEvent[]): Promise<Map<string, number>> {
  const claimed = await rows<{ key: string; id: number }>(db, {
    name: 'insert_event_keys',
    text: SQL,
    values: [
      column(events, 'uuid', 16, (array, event) => array.uuid(event.key)),
      column(events, 'timestamptz', 8, (array, event) => array.timestamptz(event.createdAt)),
    ],
  });
  return new Map(claimed.map(({ key, id }) => [key, id]));
}
