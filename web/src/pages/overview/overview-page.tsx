import { Page } from '../../kit/ui/page.js';
import { Empty } from '../../kit/ui/states.js';

export function OverviewPage() {
  return (
    <Page title="Overview">
      <Empty title="Nothing here yet" />
    </Page>
  );
}
