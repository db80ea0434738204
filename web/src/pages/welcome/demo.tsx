import './welcome.css';
import { useLocation } from 'preact-iso/router';
import { useState } from 'preact/hooks';
import { useAddress } from '../../kit/address.js';
import { announce } from '../../kit/announce.js';
import { post, remove } from '../../kit/api/request.js';
import type { Demo } from '../../kit/api/schema.js';
import { count } from '../../kit/format.js';
import { project } from '../../kit/project.js';
import { refreshNow } from '../../kit/refresh.js';
import { currentSession, isAdmin, loadSession } from '../../kit/session.js';
import { Button } from '../../kit/ui/button.js';
import { Dialog } from '../../kit/ui/dialog.js';
import { Panel } from '../../kit/ui/panel.js';
import { Failure } from '../../kit/ui/states.js';
import { useAction } from '../../kit/use-action.js';

const DEMO = 'demo';

/** For an admin: adds sample data in a project of its own, and removes it. */
export function DemoOffer() {
  const { busy, error, run } = useAction();
  const { to } = useAddress();
  const { route } = useLocation();
  const exists = currentSession()?.projects.includes(DEMO) ?? false;
  const fill = () =>
    run(async () => {
      const { events, access_entries } = await post<Demo>('/api/v1/demo');
      announce(`Added ${count(events)} events and ${count(access_entries)} access entries to project demo`);
      await loadSession();
      route(to('/', { project: DEMO, range: 'week', from: undefined, to: undefined }));
      refreshNow();
    });
  return (
    <Panel title="Or explore with demo data" wide={4}>
      <p class="welcome-lead">
        Adds five weeks of sample events and access entries in a project of its own, <b>{DEMO}</b>, which you
        can remove at any time.
      </p>
      <div class="welcome-key">
        {exists ? (
          <>
            <a class="button button-primary" href={to('/', { project: DEMO, range: 'week' })}>
              Open the demo project
            </a>
            <RemoveDemo />
          </>
        ) : (
          <Button kind="primary" icon="chart" busy={busy} onClick={() => void fill()}>
            {busy ? 'Adding demo data…' : 'Add demo data'}
          </Button>
        )}
      </div>
      {error && <Failure error={error} onRetry={() => void fill()} />}
    </Panel>
  );
}

/** Within the demo project: says so, and removes it for an admin. */
export function DemoNotice() {
  if (project.value !== DEMO && !(project.value === undefined && currentSession()?.project === DEMO))
    return null;
  return (
    <div class="demo-notice">
      <span>You are looking at demo data.</span>
      {isAdmin() && <RemoveDemo />}
    </div>
  );
}

function RemoveDemo() {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>Remove demo data</Button>
      {asking && <RemoveDemoDialog onClose={() => setAsking(false)} />}
    </>
  );
}

function RemoveDemoDialog({ onClose }: { onClose: () => void }) {
  const { busy, error, run } = useAction();
  const { to } = useAddress();
  const { route } = useLocation();
  const away = () =>
    run(async () => {
      await remove('/api/v1/demo');
      announce('Demo data removed');
      onClose();
      await loadSession();
      route(to('/', { project: undefined }));
      refreshNow();
    });
  return (
    <Dialog
      title="Remove demo data?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" busy={busy} onClick={() => void away()}>
            {busy ? 'Removing…' : 'Remove'}
          </Button>
        </>
      }
    >
      <p>
        This deletes the project <b>{DEMO}</b> with everything in it: its events, access entries and keys,
        including any that you added. Other projects are not affected.
      </p>
      {error && <Failure error={error} />}
    </Dialog>
  );
}
