import { useRef } from 'preact/hooks';
import { get } from '../../kit/api/request.js';
import { useBusy } from '../../kit/busy.js';
import { Page } from '../../kit/ui/page.js';
import { Panel } from '../../kit/ui/panel.js';
import { Empty, Loading, Unavailable } from '../../kit/ui/states.js';
import { RateHistory } from './counter-rates.js';
import { IngestChart, KEPT_POINTS, type Rates } from './ingest-chart.js';
import { Keys } from './keys.js';
import { Numbers, ServerFacts } from './numbers.js';
import { Services } from './services.js';
import { Storage } from './storage.js';
import { countersOf, type Counter, type SystemAnswer } from './system-answer.js';
import { SystemTiles } from './system-tiles.js';
import { usePolled } from './use-polled.js';

/** Rates are over this long: short enough to see a burst, long enough to be calm. */
const EVERY_MS = 2_000;

interface Sampled {
  system: SystemAnswer;
  rates: Rates;
}

/** The server for who runs it: what comes in, how it is stored, what it takes, and who may. */
export function ServerView() {
  const history = useRef(new RateHistory<Counter>(KEPT_POINTS));
  const { data, error, answeredAtMs } = usePolled<Sampled>(async (signal) => {
    const system = await get<SystemAnswer>('/api/v1/system', { signal });
    return { system, rates: history.current.add({ atMs: Date.now(), counters: countersOf(system) }) };
  }, EVERY_MS);
  useBusy(data === undefined && error === undefined);
  return (
    <Page title="System">
      {error && data === undefined && <Unavailable />}
      {!error && data === undefined && <Loading height={220} label="Loading the server's state" />}
      {data && <Server {...data} staleSinceMs={error && answeredAtMs} />}
      <Keys />
    </Page>
  );
}

function Server({ system, rates, staleSinceMs }: Sampled & { staleSinceMs: number | undefined }) {
  return (
    <>
      <SystemTiles {...{ system, rates, staleSinceMs }} />
      <Panel title="Ingest" note="records per second since this page was opened" span={8} wide={5}>
        <IngestChart rates={rates} />
      </Panel>
      <Panel title="Dependencies" span={4} wide={3}>
        <Services services={system.services} />
        <ServerFacts system={system} />
      </Panel>
      <Numbers system={system} />
      <Panel title="Storage" span={8} wide={5}>
        {system.storage ? (
          <Storage storage={system.storage} />
        ) : (
          <Empty title="The database is unreachable" icon="alert" />
        )}
      </Panel>
    </>
  );
}
