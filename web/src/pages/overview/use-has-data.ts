import { useEffect } from 'preact/hooks';
import type { Requests, Stats } from '../../kit/api/answers.js';
import { useQuery } from '../../kit/api/use-query.js';
import { project } from '../../kit/project.js';

const LOOK_EVERY_MS = 500;
/** Projects that were seen to have data: they are not asked for it again. */
const filled = new Set<string | undefined>();

/** Does the project have events or access entries? undefined: not known yet. Looks twice a second for the first. */
export function useHasData(): boolean | undefined {
  const isFilled = filled.has(project.value);
  const events = useQuery<{ total_logs: number }>(isFilled ? null : '/api/v1/metrics');
  const month = { type: 'requests', range: 'month', interval: '1d' };
  const requests = useQuery<Stats<Requests>>(isFilled ? null : '/api/v1/access/stats', month);
  const hasData =
    isFilled ||
    either(events.data && events.data.total_logs > 0, requests.data && requests.data.totals.count > 0);

  if (hasData) filled.add(project.value);
  useEffect(() => {
    if (hasData !== false) return;
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return;
      events.reload();
      requests.reload();
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [hasData]);
  return hasData;
}

function either(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a || b) return true;
  return a === undefined || b === undefined ? undefined : false;
}
