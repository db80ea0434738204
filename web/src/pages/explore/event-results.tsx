import { useEffect, useRef, useState } from 'preact/hooks';
import { asOf, compact, count } from '../../kit/format.js';
import { isGeneral } from '../../kit/freshness.js';
import { Button } from '../../kit/ui/button.js';
import { Icon } from '../../kit/ui/icon.js';
import { Panel } from '../../kit/ui/panel.js';
import { Empty, Failure, Loading, Unavailable } from '../../kit/ui/states.js';
import { EventTable } from '../events/event-table.js';
import { eventTime } from '../events/event-time.js';
import { FilterChips } from '../events/filter-chips.js';
import type { ValueFilter } from '../events/value-filter.js';
import { filtersOf, withoutFilter, type ExploreQuestion } from './explore-question.js';
import type { EventList } from './use-event-list.js';
import { useReached } from './use-reached.js';

interface EventResultsProps {
  question: ExploreQuestion;
  list: EventList;
  exportUrl: (format: 'ndjson' | 'csv') => string;
  onAsk: (question: ExploreQuestion) => void;
  onFilter: (filter: ValueFilter) => void;
  /** Is somebody reading, so that nothing may move? */
  onReading: (reading: boolean) => void;
}

/** What was found: the filters in force, the rows, and more of them as one comes to their end. */
export function EventResults(props: EventResultsProps) {
  const { question, list, exportUrl, onAsk, onFilter, onReading } = props;
  const [openRows, setOpenRows] = useState(0);
  useEffect(() => onReading(openRows > 0 || list.pages > 1), [openRows, list.pages]);
  const found = list.events.length > 0;
  return (
    <Panel title="Events" note={<Found list={list} />} actions={found && <Exports exportUrl={exportUrl} />}>
      <FilterChips filters={filtersOf(question)} onRemove={(name) => onAsk(withoutFilter(question, name))} />
      {list.pages === 0 && list.error && isGeneral(list.error) && <Unavailable />}
      {list.pages === 0 && list.error && !isGeneral(list.error) && (
        <Failure error={list.error} onRetry={list.reload} />
      )}
      {list.pages === 0 && !list.error && <Loading height={420} label="Loading events" />}
      {list.pages > 0 && !found && <NoneFound question={question} onAsk={onAsk} />}
      {found && (
        <div class={list.loading ? 'loaded stale' : 'loaded'}>
          <EventTable
            caption="Events"
            events={list.events}
            time={timeColumn(question)}
            onFilter={onFilter}
            onOpenChange={(open) => setOpenRows(open.size)}
          />
          <More list={list} />
        </div>
      )}
    </Panel>
  );
}

function Found({ list: { total, estimated, events, pages, askedAtMs } }: { list: EventList }) {
  if (pages === 0) return null;
  const all = total === null ? '' : ` of ${estimated ? `about ${compact(total)}` : count(total)}`;
  return (
    <span aria-live="polite">
      {count(events.length)}
      {all}, as of {asOf(askedAtMs)}
    </span>
  );
}

function Exports({ exportUrl }: Pick<EventResultsProps, 'exportUrl'>) {
  return (
    <>
      {(['ndjson', 'csv'] as const).map((format) => (
        <a key={format} class="button button-quiet export" href={exportUrl(format)} download>
          <Icon name="download" /> <span class="visually-hidden">Export as </span>
          {format.toUpperCase()}
        </a>
      ))}
    </>
  );
}

function NoneFound({ question, onAsk }: Pick<EventResultsProps, 'question' | 'onAsk'>) {
  return (
    <Empty title="No events found" icon="explore">
      <p>No events match these filters{!question.anyTime && ' in this time range'}.</p>
      {!question.anyTime && (
        <Button icon="clock" onClick={() => onAsk({ ...question, anyTime: true })}>
          Search all time
        </Button>
      )}
    </Empty>
  );
}

function More({ list }: { list: EventList }) {
  const end = useRef<HTMLDivElement>(null);
  useReached(end, list.more, !list.complete && !list.error);
  if (list.error) return <Failure error={list.error} onRetry={list.more} />;
  if (list.complete) return <p class="list-end muted">End of results</p>;
  return (
    <div ref={end} class="list-end">
      <Button busy={list.loadingMore} onClick={list.more}>
        {list.loadingMore ? 'Loading more…' : 'Load more'}
      </Button>
    </div>
  );
}

function timeColumn({ sortBy, timeField }: ExploreQuestion) {
  const isOfEvent = sortBy === 'timestamp' || (sortBy !== 'created_at' && timeField === 'timestamp');
  const name = isOfEvent ? 'timestamp' : 'created_at';
  return {
    head: isOfEvent ? 'Time' : 'Received',
    of: (event: { created_at: string; timestamp: string }) => event[name],
    format: eventTime,
  };
}
