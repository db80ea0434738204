import { IntervalControl } from '../../kit/ui/interval-control.js';
import { Page } from '../../kit/ui/page.js';
import { RangeControl } from '../../kit/ui/range-control.js';
import { RefreshControl } from '../../kit/ui/refresh-control.js';
import { DemoNotice } from '../welcome/demo.js';
import { Welcome } from '../welcome/welcome.js';
import { Charts } from './charts.js';
import { Tiles } from './tiles.js';
import { TopPanels } from './top-panels.js';
import { useHasData } from './use-has-data.js';
import { useOverview } from './use-overview.js';

/** What the project's events say at a glance; without any, how to send the first. */
export function OverviewPage() {
  const presence = useHasData();
  const isEmpty = presence.hasData === false;
  const controls = (
    <>
      <RangeControl />
      <IntervalControl />
      <RefreshControl />
    </>
  );
  return (
    <Page title="Overview" controls={!isEmpty && controls}>
      <DemoNotice />
      {isEmpty ? <Welcome look={presence} /> : <Numbers />}
    </Page>
  );
}

function Numbers() {
  const overview = useOverview();
  return (
    <>
      <Tiles overview={overview} />
      <Charts overview={overview} />
      <TopPanels overview={overview} />
    </>
  );
}
