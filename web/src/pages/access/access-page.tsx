import { Page } from '../../kit/ui/page.js';
import { Empty } from '../../kit/ui/states.js';

export function AccessPage() {
  return (
    <Page title="Access">
      <Empty title="Nothing here yet" />
    </Page>
  );
}
