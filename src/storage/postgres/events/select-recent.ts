import type { StoredEvent } from '../../../core/event.js';
import { rows, type Queryable } from '../sql.js';
import { EVENT_COLUMNS } from './event-columns.js';

/** The newest by time of receipt. */
export function selectRecent(db: Queryable, projectId: number, limit: number): Promise<StoredEvent[]> {
  const text = `
    select ${EVENT_COLUMNS}
    from events
    where project_id = $1
    order by created_at desc, id desc
    limit $2`;
  return rows<StoredEvent>(db, { text, values: [projectId, limit] });
}
