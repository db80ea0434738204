import { ErrorBoundary } from 'preact-iso/lazy';
import { Route, Router } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { useAddress } from '../kit/address.js';
import { useBusy } from '../kit/busy.js';
import { Button } from '../kit/ui/button.js';
import { Page } from '../kit/ui/page.js';
import { Panel } from '../kit/ui/panel.js';
import { Empty } from '../kit/ui/states.js';
import { PAGES } from './page-list.js';

/** The page that the address names. */
export function Pages() {
  const [loading, setLoading] = useState(false);
  const { page } = useAddress();
  // By page: another one may well be shown.
  const [broken, setBroken] = useState<string>();
  useBusy(loading && broken !== page);
  const arrived = () => setLoading(false);
  if (broken === page) return <Broken />;
  return (
    <ErrorBoundary onError={() => setBroken(page)}>
      <Router onLoadStart={() => setLoading(true)} onLoadEnd={arrived}>
        {PAGES.map(({ address, component }) => (
          <Route key={address} path={address} component={component} />
        ))}
        <Route default component={Unknown} />
      </Router>
    </ErrorBoundary>
  );
}

function Unknown() {
  const { to, page } = useAddress();
  return (
    <Page title="Page not found">
      <Panel title="There is no page at this address">
        <p class="mono unknown-address">{page}</p>
        <p>
          The address may be mistyped, or the page was moved. <a href={to('/')}>Go to the overview</a>, or
          choose a page from the navigation.
        </p>
      </Panel>
    </Page>
  );
}

// A new version may have been installed since this page was opened: its files then have other names.
function Broken() {
  return (
    <Page title="Sightline">
      <Empty title="This page could not be loaded" icon="alert">
        <Button icon="refresh" onClick={() => location.reload()}>
          Reload
        </Button>
      </Empty>
    </Page>
  );
}
