import { useLocation } from 'preact-iso/router';
import { useMemo } from 'preact/hooks';
import { useAddress } from '../../kit/address.js';
import { count } from '../../kit/format.js';
import { project } from '../../kit/project.js';
import { Button } from '../../kit/ui/button.js';
import { Page } from '../../kit/ui/page.js';
import { Panel } from '../../kit/ui/panel.js';
import { Empty } from '../../kit/ui/states.js';
import { EventTable } from '../events/event-table.js';
import { eventClock } from '../events/event-time.js';
import { FilterChips } from '../events/filter-chips.js';
import type { ValueFilter } from '../events/value-filter.js';
import { addressOf, filtersOf, questionOf, withFilter, withoutFilter } from '../explore/explore-question.js';
import { LiveFilter } from './live-filter.js';
import { TailStatus } from './tail-status.js';
import { tailUrl } from './tail-url.js';
import { useAwake } from './use-awake.js';
import { useTail, type Tail } from './use-tail.js';

/** Events on the page: enough to read back a while, few enough to be drawn several times a second. */
const MOST_SHOWN = 200;

const TIME = {
  head: 'Received',
  of: (event: { created_at: string }) => event.created_at,
  format: eventClock,
};

/** Events as they are stored. */
export function LivePage() {
  const { url } = useAddress();
  const { route } = useLocation();
  const search = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  const question = useMemo(() => questionOf(new URLSearchParams(search)), [search]);
  const awake = useAwake();
  const tail = useTail(awake ? tailUrl(filtersOf(question), project.value) : null, MOST_SHOWN);
  const ask = (next: typeof question) => route(addressOf(location.pathname + location.search, next));
  return (
    <Page title="Live" controls={<Controls tail={tail} />}>
      <LiveFilter question={question} onAsk={ask} />
      <Panel title="Events" note={<TailStatus tail={tail} />} actions={<Clear tail={tail} />}>
        <FilterChips filters={filtersOf(question)} onRemove={(name) => ask(withoutFilter(question, name))} />
        <Events tail={tail} onFilter={(filter) => ask(withFilter(question, filter))} />
      </Panel>
    </Page>
  );
}

function Controls({ tail: { buffer, pause, resume } }: { tail: Tail }) {
  if (!buffer.paused) {
    return (
      <Button icon="pause" onClick={pause}>
        Pause
      </Button>
    );
  }
  return (
    <Button kind="primary" icon="play" onClick={resume}>
      Resume{buffer.heldCount > 0 && ` (${count(buffer.heldCount)} new)`}
    </Button>
  );
}

function Clear({ tail: { buffer, clear } }: { tail: Tail }) {
  return (
    <Button kind="quiet" disabled={buffer.shown.length === 0} onClick={clear}>
      Clear
    </Button>
  );
}

interface EventsProps {
  tail: Tail;
  onFilter: (filter: ValueFilter) => void;
}

function Events({ tail: { buffer, state, pause }, onFilter }: EventsProps) {
  if (buffer.shown.length === 0) {
    return (
      <Empty title={state === 'open' ? 'Waiting for events' : 'Not connected'} icon="live">
        {state === 'open' && 'Each event appears here within a second of being stored.'}
      </Empty>
    );
  }
  return (
    <EventTable
      caption="Newest events"
      events={buffer.shown}
      time={TIME}
      onFilter={onFilter}
      // Rows must not scroll away from under the reader.
      onOpenChange={(open) => open.size > 0 && pause()}
    />
  );
}
