import { AccessHours, type HourRevision } from '../../../core/ports/access-stats.js';
import { formatRfc3339 } from '../../../core/records/rfc3339.js';
import type { Micros } from '../../../core/time.js';
import type { Database } from '../database.js';
import { rows } from '../sql.js';

/** The hours that are counted and that retention has taken nothing from. */
export class PostgresAccessHours extends AccessHours {
  constructor(private readonly database: Pick<Database, 'query'>) {
    super();
  }

  /** Oldest first. */
  async hours(): Promise<HourRevision[]> {
    const found = await rows<{ project_id: number; project: string; hour: string; revision: number }>(
      this.database.query,
      {
        name: 'access.hours',
        text: `select h.project_id, p.name as project, h.hour, h.revision
               from access_hours h join projects p on p.id = h.project_id
               where h.revision > 0
               order by h.hour, h.project_id`,
      },
    );
    return found.map(({ project_id: projectId, project, hour, revision }) => ({
      projectId,
      project,
      hour: Date.parse(hour) * 1000,
      revision,
    }));
  }

  async has(projectId: number, hour: Micros): Promise<boolean> {
    const [{ whole }] = await rows<{ whole: boolean }>(this.database.query, {
      name: 'access.hour',
      text: `select exists (select from access_hours
                            where project_id = $1 and hour = $2::timestamptz and revision > 0) as whole`,
      values: [projectId, formatRfc3339(hour)],
    });
    return whole;
  }
}
