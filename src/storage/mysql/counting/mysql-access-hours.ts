import { AccessHours, type HourRevision } from '../../../core/ports/access-stats.js';
import type { Micros } from '../../../core/time.js';
import { micros, number, time } from '../literals.js';
import type { Mysql } from '../mysql.js';

/** Every project's id, by its name: they are in PostgreSQL. */
export type Projects = () => Promise<ReadonlyMap<string, number>>;

/** The hours that are counted and that retention has taken nothing from. */
export class MysqlAccessHours extends AccessHours {
  constructor(
    private readonly mysql: Pick<Mysql, 'query'>,
    private readonly projects: Projects,
  ) {
    super();
  }

  async hours(): Promise<HourRevision[]> {
    const found = await this.mysql.query.rows<{ project_id: number; hour: string; revision: number }>(
      'select project_id, hour, revision from access_hours where revision > 0 order by hour, project_id',
    );
    const names = new Map([...(await this.projects())].map(([name, id]) => [id, name]));
    return found.flatMap(({ project_id: projectId, hour, revision }) => {
      const project = names.get(projectId);
      return project === undefined ? [] : [{ projectId, project, hour: micros(hour), revision }];
    });
  }

  async has(projectId: number, hour: Micros): Promise<boolean> {
    const found = await this.mysql.query.rows(`
      select 1 from access_hours
      where project_id = ${number(projectId)} and hour = ${time(hour)} and revision > 0`);
    return found.length > 0;
  }
}
