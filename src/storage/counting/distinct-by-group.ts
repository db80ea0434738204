import type { Group, StatsAnswer } from '../../core/event-stats.js';
import type { Window } from '../../core/window-runs.js';

/** Users or sessions of a window by group, at each of its points: counted in the rows, exact, and as slow as there are rows. */
export interface DistinctByGroup {
  count(projectId: number, window: Window, kind: 'user' | 'session', group: Group): Promise<StatsAnswer>;
}
