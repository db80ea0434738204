import { Logger } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { FoldedRecords } from '../core/counting/admission.js';
import { ACCESS, EVENTS } from '../core/counting/kind.js';
import type { ProjectStore } from '../core/ports/project-store.js';

/** Dimensions whose values clients choose: the stores count a limited number of them a project and day. */
const DIMENSIONS = [EVENTS, ACCESS].flatMap(({ dimensions }) => dimensions.filter(({ capped }) => capped));

/** Reports records that are counted as '(other)' for lack of room: a log line a project and day, and a counter. */
export class FoldedNames {
  private readonly logger = new Logger('Maintenance');
  /** By project: the newest day that was reported. */
  private readonly told = new Map<number, string>();

  constructor(
    private readonly counter: Counter,
    private readonly projects: Pick<ProjectStore, 'list'>,
  ) {
    for (const { name } of DIMENSIONS) counter.inc({ dimension: name }, 0);
  }

  async tell(folded: readonly FoldedRecords[]): Promise<void> {
    for (const { dimension, records } of folded) this.counter.inc({ dimension }, records);
    const fresh = folded.filter(({ projectId, day }) => day > (this.told.get(projectId) ?? ''));
    if (fresh.length === 0) return;
    const names = new Map([...(await this.projects.list())].map(([name, id]) => [id, name]));
    for (const [projectId, parts] of Map.groupBy(fresh, (part) => part.projectId)) {
      const day = parts.map((part) => part.day).reduce((a, b) => (a > b ? a : b));
      this.told.set(projectId, day);
      const dimensions = [...new Set(parts.map(({ dimension }) => dimension))].sort().join(', ');
      this.logger.warn(
        `project ${names.get(projectId) ?? projectId} has more names than ROLLUP_MAX_NAMES on ${day} (${dimensions}): new ones are counted as (other)`,
      );
    }
  }
}
