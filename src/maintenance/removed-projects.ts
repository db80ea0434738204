import type { Config } from '../config/settings.js';
import type { AccessMaintenance } from '../core/access-maintenance.js';
import type { Clock } from '../core/clock.js';
import type { ProjectStore } from '../core/project-store.js';
import type { StoreMaintenance } from '../core/store-maintenance.js';
import type { Job } from './job.js';

const MINUTE_MS = 60_000;
/** The longest that a request may be on its way, with room for clocks that differ. */
const STRAGGLERS_MS = 10 * MINUTE_MS;

interface Stores {
  events: Pick<StoreMaintenance, 'removeProject'>;
  access: Pick<AccessMaintenance, 'removeProject'>;
  projects: Pick<ProjectStore, 'removed' | 'forget'>;
}

/**
 * Removes the data of removed projects, again and again for a while: a process that has not heard of the removal may still store
 * something, for as long as it honours keys that it cannot look up, and one that was to remove the data may have been killed.
 */
export function removedProjects(stores: Stores, clock: Clock, { keyStaleS }: Pick<Config, 'keyStaleS'>): Job {
  const run = async (stop: AbortSignal): Promise<void> => {
    for (const { id, removedAt } of await stores.projects.removed()) {
      if (stop.aborted) return;
      await stores.events.removeProject(id);
      await stores.access.removeProject(id);
      if (clock.nowMs() - removedAt > keyStaleS * 1000 + STRAGGLERS_MS) await stores.projects.forget(id);
    }
  };
  return { name: 'removed-projects', everyMs: MINUTE_MS, run };
}
