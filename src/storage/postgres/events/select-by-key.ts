import type { StoredEvent } from '../../../core/event.js';
import { rows, type Queryable } from '../sql.js';
import { EVENT_COLUMNS } from './event-columns.js';

/** The event of a key; null where there is none, or its day was dropped. */
export async function selectByKey(
  db: Queryable,
  projectId: number,
  key: Buffer,
): Promise<StoredEvent | null> {
  const text = `
    select ${EVENT_COLUMNS}
    from events
    where project_id = $1
      and created_at = (select created_at from event_keys where key = $2::uuid)
      and id = (select id from event_keys where key = $2::uuid)`;
  const [event] = await rows<StoredEvent>(db, { text, values: [projectId, key.toString('hex')] });
  return event ?? null;
}
