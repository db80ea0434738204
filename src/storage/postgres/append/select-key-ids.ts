import type { NewEvent } from '../../../core/event.js';
import { eventKey } from '../event-key.js';
import { rows, type Queryable } from '../sql.js';

const SQL = `
select position::int - 1 as index, id
from unnest($1::uuid[]) with ordinality as given (key, position)
join event_keys using (key)`;

/** Ids of events that were stored before, by index. */
export async function selectKeyIds(
  db: Queryable,
  events: readonly NewEvent[],
): Promise<ReadonlyMap<number, number>> {
  const known = await rows<{ index: number; id: number }>(db, {
    name: 'select_event_keys',
    text: SQL,
    values: [events.map(({ projectId, eventId }) => eventKey(projectId, eventId))],
  });
  return new Map(known.map(({ index, id }) => [index, id]));
}
