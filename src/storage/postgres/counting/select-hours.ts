import type { HourRevision } from '../../../core/access-stats.js';
import { rows, type Queryable } from '../sql.js';

/** The hours of all projects that are still whole, oldest first. */
export async function selectHours(db: Queryable): Promise<HourRevision[]> {
  const found = await rows<{ project_id: number; project: string; hour: string; revision: number }>(db, {
    name: 'access.hours',
    text: `select h.project_id, p.name as project, h.hour, h.revision
           from access_hours h join projects p on p.id = h.project_id
           where h.revision > 0
           order by h.hour, h.project_id`,
  });
  return found.map(({ project_id: projectId, project, hour, revision }) => ({
    projectId,
    project,
    hour: Date.parse(hour) * 1000,
    revision,
  }));
}
