import { IntervalControl } from '../../kit/ui/interval-control.js';
import { Page } from '../../kit/ui/page.js';
import { RangeControl } from '../../kit/ui/range-control.js';
import { RefreshControl } from '../../kit/ui/refresh-control.js';
import { AccessCharts } from './access-charts.js';
import { AccessTiles } from './access-tiles.js';
import { errorsOf } from './chart-data.js';
import { Addresses, Agents, Methods } from './other-panels.js';
import { PathsPanel } from './paths-panel.js';
import { useAccess } from './use-access.js';

/** What the web servers' logs say: requests, errors, latency, paths, addresses. */
export function AccessPage() {
  const access = useAccess();
  const totals = access.requests.now.data?.totals;
  const overall = totals && errorsOf(totals);
  return (
    <Page
      title="Access"
      controls={
        <>
          <RangeControl />
          <IntervalControl />
          <RefreshControl />
        </>
      }
    >
      <AccessTiles access={access} />
      <AccessCharts access={access} />
      <PathsPanel overall={overall} />
      <Addresses overall={overall} />
      <Agents overall={overall} />
      <Methods overall={overall} />
    </Page>
  );
}
