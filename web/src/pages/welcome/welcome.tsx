import './welcome.css';
import { useEffect, useState } from 'preact/hooks';
import { project } from '../../kit/project.js';
import { currentSession, isAdmin } from '../../kit/session.js';
import { Button } from '../../kit/ui/button.js';
import { Name } from '../../kit/ui/name.js';
import { Panel } from '../../kit/ui/panel.js';
import { TailStatus } from '../live/tail-status.js';
import { tailUrl } from '../live/tail-url.js';
import { useAwake } from '../live/use-awake.js';
import { useTail } from '../live/use-tail.js';
import { CreateKeyDialog } from '../system/create-key-dialog.js';
import type { NewKey } from '../system/key-view.js';
import { NewKeyDialog } from '../system/new-key-dialog.js';
import { DemoOffer } from './demo.js';
import { SnippetTabs } from './snippet-tabs.js';
import { KEY_PLACEHOLDER } from './snippets.js';

/** Access entries have no tail: they are looked for. */
const LOOK_EVERY_MS = 2_000;

/** Asks the server whether there are records now. */
interface Look {
  lookForEvents: () => void;
  lookForEntries: () => void;
}

/** A project without data: how to send the first, and what it would look like with some. */
export function Welcome({ look }: { look: Look }) {
  const of = project.value ?? currentSession()?.project ?? '';
  const [key, setKey] = useState(KEY_PLACEHOLDER);
  return (
    <>
      <Panel title="Send your first event" wide={isAdmin() ? 8 : 12} note={<FirstEvent look={look} />}>
        <p class="welcome-lead">
          Project <Name text={of} class="welcome-project" /> has no data yet. Anything you send appears here
          within seconds.
        </p>
        {isAdmin() && key === KEY_PLACEHOLDER && <KeyOffer project={of} onKey={setKey} />}
        <SnippetTabs target={{ origin: location.origin, key }} />
      </Panel>
      {isAdmin() && <DemoOffer />}
    </>
  );
}

// The tail knows of an event before any count does; while it is not open, events are looked for as well.
function FirstEvent({ look: { lookForEvents, lookForEntries } }: { look: Look }) {
  const awake = useAwake();
  const tail = useTail(awake ? tailUrl([], project.value) : null, 1);
  const hasCome = tail.buffer.shown.length > 0;
  const isOpen = tail.state === 'open';
  useEffect(() => {
    if (hasCome) lookForEvents();
  }, [hasCome]);
  useEffect(() => {
    if (!awake) return;
    const timer = setInterval(() => {
      lookForEntries();
      if (!isOpen) lookForEvents();
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [awake, isOpen]);
  return <TailStatus tail={tail} />;
}

function KeyOffer({ project: of, onKey }: { project: string; onKey: (key: string) => void }) {
  const [asking, setAsking] = useState(false);
  const [made, setMade] = useState<NewKey | null>(null);
  return (
    <div class="welcome-key">
      <Button icon="key" onClick={() => setAsking(true)}>
        Create an ingest key
      </Button>
      <span class="muted">It replaces {KEY_PLACEHOLDER} in the examples below.</span>
      {asking && (
        <CreateKeyDialog
          project={of}
          onClose={() => setAsking(false)}
          onMade={(key) => {
            setAsking(false);
            setMade(key);
          }}
        />
      )}
      {made && <NewKeyDialog made={made} title="Key created" onClose={() => onKey(made.key)} />}
    </div>
  );
}
