import { Page } from '../../kit/ui/page.js';
import { Empty } from '../../kit/ui/states.js';

export function SystemPage() {
  return (
    <Page title="System">
      <Empty title="Nothing here yet" />
    </Page>
  );
}
