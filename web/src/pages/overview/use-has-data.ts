import type { Requests, Stats } from '../../kit/api/answers.js';
import type { EventMetrics } from '../../kit/api/schema.js';
import { useQuery } from '../../kit/api/use-query.js';
import { project } from '../../kit/project.js';

/** Projects that were seen to have data: they are not asked for it again. */
const filled = new Set<string | undefined>();

export interface Presence {
  /** undefined: not known yet. */
  hasData: boolean | undefined;
  /** Asks again, past every cache. */
  lookForEvents: () => void;
  lookForEntries: () => void;
}

/** Does the project have events or access entries? Asked with each refresh until it has. */
export function useHasData(): Presence {
  const isFilled = filled.has(project.value);
  const events = useQuery<EventMetrics>(isFilled ? null : '/api/v1/metrics');
  const month = { type: 'requests', range: 'month', interval: '1d' };
  const requests = useQuery<Stats<Requests>>(isFilled ? null : '/api/v1/access/stats', month);
  const hasData =
    isFilled ||
    either(events.data && events.data.total_logs > 0, requests.data && requests.data.totals.count > 0);

  if (hasData) filled.add(project.value);
  return { hasData, lookForEvents: events.reload, lookForEntries: requests.reload };
}

function either(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a || b) return true;
  return a === undefined || b === undefined ? undefined : false;
}
