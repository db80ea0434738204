import { ApiError } from '../../kit/api/api-error.js';
import { useBusy } from '../../kit/busy.js';
import { count, duration } from '../../kit/format.js';
import { Page } from '../../kit/ui/page.js';
import { Panel } from '../../kit/ui/panel.js';
import { Loading, Unavailable } from '../../kit/ui/states.js';
import { Facts } from './facts.js';
import { Services } from './services.js';
import type { HealthAnswer } from './system-answer.js';
import { usePolled } from './use-polled.js';

const EVERY_MS = 10_000;

/** For those who do not run the server: whether it works. */
export function HealthView() {
  const { data, error } = usePolled(readHealth, EVERY_MS);
  useBusy(data === undefined && error === undefined);
  return (
    <Page title="System">
      <Panel title="Dependencies" span={6}>
        {data ? <Services services={data.services} /> : error ? <Unavailable /> : <Loading />}
      </Panel>
      {data && (
        <Panel title="Server" span={6}>
          <Facts
            facts={[
              ['Version', data.version],
              ['Uptime', duration(data.uptime)],
              ['Unique IPs', count(data.unique_ip_count)],
            ]}
          />
          <p class="field-hint system-hint">Log in with an admin key to see rates, storage and keys.</p>
        </Panel>
      )}
    </Page>
  );
}

// 206 and 503 carry the report too: what does not work is the point of asking.
async function readHealth(signal: AbortSignal): Promise<HealthAnswer> {
  const answer = await fetch('/health', { signal, cache: 'no-store' }).catch(() => null);
  if (answer === null) throw new ApiError(0, 'network_error', 'The server cannot be reached', [], true);
  const body = (await answer.json()) as Partial<HealthAnswer> & { message?: string };
  if (body.services) return body as HealthAnswer;
  throw new ApiError(answer.status, 'no_health', body.message ?? `The server answered ${answer.status}`);
}
