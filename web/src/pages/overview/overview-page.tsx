import { Page } from '../../kit/ui/page.js';
import { RangeControl } from '../../kit/ui/range-control.js';
import { RefreshControl } from '../../kit/ui/refresh-control.js';
import { Charts } from './charts.js';
import { Tiles } from './tiles.js';
import { TopPanels } from './top-panels.js';
import { useOverview } from './use-overview.js';

/** What the project's events say at a glance. */
export function OverviewPage() {
  const overview = useOverview();
  return (
    <Page
      title="Overview"
      controls={
        <>
          <RangeControl />
          <RefreshControl />
        </>
      }
    >
      <Tiles overview={overview} />
      <Charts overview={overview} />
      <TopPanels />
    </Page>
  );
}
