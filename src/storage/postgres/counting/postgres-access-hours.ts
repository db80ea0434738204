import { AccessHours, type HourRevision } from '../../../core/access-stats.js';
import type { Micros } from '../../../core/event.js';
import type { Database } from '../database.js';
import { selectHour } from './select-hour.js';
import { selectHours } from './select-hours.js';

/** The hours that are counted and that retention has taken nothing from. */
export class PostgresAccessHours extends AccessHours {
  constructor(private readonly database: Pick<Database, 'query'>) {
    super();
  }

  hours(): Promise<HourRevision[]> {
    return selectHours(this.database.query);
  }

  has(projectId: number, hour: Micros): Promise<boolean> {
    return selectHour(this.database.query, projectId, hour);
  }
}
