import type { StoredEvent } from '../../../core/event.js';
import { firstRows, type Queryable } from '../sql.js';
import { EVENT_COLUMNS } from './event-columns.js';
import type { EventPlace } from './select-key.js';

/**
 * The event at a place; null when its day was dropped. With the key's lookup in the same statement the planner
 * would have to look at every partition: 7 ms for 90 days instead of 1.
 */
export async function selectAt(
  db: Queryable,
  projectId: number,
  place: EventPlace,
): Promise<StoredEvent | null> {
  const text = `
    select ${EVENT_COLUMNS}
    from events
    where project_id = $1 and created_at = $2 and id = $3`;
  const values = [projectId, place.created_at, place.id];
  const { rows } = await firstRows<StoredEvent>(db, { text, values }, Infinity);
  return rows[0] ?? null;
}
