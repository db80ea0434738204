import type { NewEvent } from '../../../core/event.js';
import { rows, type Queryable } from '../sql.js';

const SQL = `
select position::int - 1 as index, id
from unnest($1::int[], $2::text[]) with ordinality as given (project_id, event_id, position)
join event_keys on key = sightline_event_key(project_id, event_id)`;

/** Ids of events that were stored before, by index. */
export async function selectKeyIds(
  db: Queryable,
  events: readonly NewEvent[],
): Promise<ReadonlyMap<number, number>> {
  const known = await rows<{ index: number; id: number }>(db, {
    name: 'select_event_keys',
    text: SQL,
    values: [events.map(({ projectId }) => projectId), events.map(({ eventId }) => eventId)],
  });
  return new Map(known.map(({ index, id }) => [index, id]));
}
