import { eventKey } from '../event-key.js';
import { rows, type Queryable } from '../sql.js';

/** Where an event lies. */
export interface EventPlace {
  id: number;
  created_at: string;
}

export async function selectKey(
  db: Queryable,
  projectId: number,
  eventId: string,
): Promise<EventPlace | null> {
  const text = `select id, created_at from event_keys where key = $1`;
  const [place] = await rows<EventPlace>(db, {
    name: 'select-key',
    text,
    values: [eventKey(projectId, eventId)],
  });
  return place ?? null;
}
