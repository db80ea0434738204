import { Page } from '../../kit/ui/page.js';
import { Empty } from '../../kit/ui/states.js';

export function LivePage() {
  return (
    <Page title="Live">
      <Empty title="Nothing here yet" />
    </Page>
  );
}
