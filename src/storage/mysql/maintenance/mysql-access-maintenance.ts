import { AccessMaintenance } from '../../../core/access-maintenance.js';
import type { Micros } from '../../../core/event.js';
import type { Mysql } from '../mysql.js';
import type { Partitions } from '../partitions.js';
import { dropDaysBefore } from './drop-days.js';
import { prune } from './prune.js';
import { removeProject } from './remove-project.js';

/** MariaDB's upkeep of access entries: partitions, retention. */
export class MysqlAccessMaintenance extends AccessMaintenance {
  constructor(
    private readonly mysql: Pick<Mysql, 'background'>,
    /** The same object as the MysqlAccessStore's. */
    private readonly partitions: Partitions,
  ) {
    super();
  }

  ensurePartitions(days: readonly string[]): Promise<void> {
    return this.partitions.ensure(days);
  }

  dropDaysBefore(day: string, stop: AbortSignal): Promise<string[]> {
    return dropDaysBefore(this.mysql.background, this.partitions, day, stop);
  }

  prune(now: Micros): Promise<void> {
    return prune(this.mysql.background, now);
  }

  removeProject(projectId: number): Promise<void> {
    return removeProject(this.mysql.background, projectId);
  }
}
