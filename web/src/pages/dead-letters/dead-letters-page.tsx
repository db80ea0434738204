import './dead-letters-page.css';
import { useState } from 'preact/hooks';
import { useAddress } from '../../kit/address.js';
import { usePages } from '../../kit/api/use-pages.js';
import { useBusy } from '../../kit/busy.js';
import { ago, count, dateTime } from '../../kit/format.js';
import { isAdmin } from '../../kit/session.js';
import { Badge } from '../../kit/ui/badge.js';
import { Button } from '../../kit/ui/button.js';
import { DataTable, type Column } from '../../kit/ui/data-table.js';
import { Select } from '../../kit/ui/field.js';
import { Name } from '../../kit/ui/name.js';
import { Page } from '../../kit/ui/page.js';
import { Panel } from '../../kit/ui/panel.js';
import { Empty, Failure, Loading } from '../../kit/ui/states.js';
import { LetterDialog } from './letter-dialog.js';
import {
  KIND_CHOICES,
  KINDS,
  originText,
  REASON_CHOICES,
  reasonText,
  STATE_CHOICES,
  type DeadLetter,
} from './letter.js';
import { ReplayAllDialog } from './replay-all-dialog.js';

/** Records that could not be stored: looked at, replayed, dropped by who runs the server. */
export function DeadLettersPage() {
  return (
    <Page title="Dead letters">
      {isAdmin() ? (
        <LettersPanel />
      ) : (
        <Panel title="Dead letters">
          <Empty title="Only admin keys can read dead letters" icon="letter" />
        </Panel>
      )}
    </Page>
  );
}

function LettersPanel() {
  const { state = 'waiting', reason, kind } = useAddress().query;
  const filter = { state: state === 'any' ? undefined : state, reason, kind };
  const { entries, error, loading, complete, more, reload } = usePages<DeadLetter>(
    '/api/v1/dead-letters',
    filter,
  );
  const [shown, setShown] = useState<number | 'all' | null>(null);
  useBusy(entries === undefined && error === undefined);
  const close = () => setShown(null);
  const canReplay = state === 'waiting' && entries !== undefined && entries.length > 0;
  return (
    <Panel
      title="Dead letters"
      note="all projects, newest first"
      actions={
        <>
          {canReplay && <Button onClick={() => setShown('all')}>Replay all</Button>}
          <Button icon="refresh" busy={loading} onClick={reload}>
            Refresh
          </Button>
        </>
      }
    >
      <Filters />
      {entries === undefined && !error && <Loading height={320} label="Loading dead letters" />}
      {entries?.length === 0 && <NoLetters isFiltered={state !== 'waiting' || !!reason || !!kind} />}
      {entries !== undefined && entries.length > 0 && (
        <DataTable
          caption="Dead letters"
          columns={columns(setShown)}
          rows={entries}
          keyOf={({ id }) => String(id)}
        />
      )}
      {error && <Failure error={error} onRetry={entries === undefined ? reload : more} />}
      {entries !== undefined && !complete && !error && (
        <div class="letter-more">
          <Button busy={loading} onClick={more}>
            Load more
          </Button>
        </div>
      )}
      {typeof shown === 'number' && <LetterDialog id={shown} onChanged={reload} onClose={close} />}
      {shown === 'all' && <ReplayAllDialog filter={{ reason, kind }} onDone={reload} onClose={close} />}
    </Panel>
  );
}

function Filters() {
  const { query, change } = useAddress();
  const { state = 'waiting', reason = '', kind = '' } = query;
  return (
    <div class="letter-filters">
      <Select
        label="State"
        value={state === 'any' ? '' : state}
        choices={STATE_CHOICES}
        onChoose={(chosen) => change({ state: chosen === 'waiting' ? undefined : chosen || 'any' })}
      />
      <Select
        label="Reason"
        value={reason}
        choices={REASON_CHOICES}
        onChoose={(chosen) => change({ reason: chosen || undefined })}
      />
      <Select
        label="Kind"
        value={kind}
        choices={KIND_CHOICES}
        onChoose={(chosen) => change({ kind: chosen || undefined })}
      />
    </div>
  );
}

function NoLetters({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) return <Empty title="No matching dead letters" icon="letter" />;
  return (
    <Empty title="No dead letters are waiting" icon="check">
      <p>
        A record that can never be stored as it came waits here, with the reason: what the database refused,
        or what came over Kafka and is no event or access entry. Once the cause is gone, replay it, and it is
        stored once; or drop it.
      </p>
    </Empty>
  );
}

const TONES = { waiting: 'warn', replayed: 'good', dropped: 'neutral' } as const;

function columns(show: (id: number) => void): Column<DeadLetter>[] {
  return [
    { head: 'ID', cell: ({ id }) => id },
    {
      head: 'Age',
      cell: ({ failed_at }) => (
        <time dateTime={failed_at} title={dateTime(failed_at)} class="letter-time">
          {ago(failed_at, Date.now())}
        </time>
      ),
    },
    { head: 'State', cell: ({ state }) => <Badge tone={TONES[state]}>{state}</Badge>, wideOnly: true },
    { head: 'Kind', cell: ({ kind }) => KINDS[kind], wideOnly: true },
    {
      head: 'Reason',
      cell: ({ reason, message }) => (
        <>
          {reasonText(reason)}
          <span class="letter-why muted">
            <Name text={message} />
          </span>
        </>
      ),
    },
    { head: 'Origin', cell: (letter) => <Name text={originText(letter)} />, wideOnly: true },
    { head: 'Project', cell: ({ project }) => <Name text={project ?? '–'} />, wideOnly: true },
    { head: 'Attempts', cell: ({ attempts }) => count(attempts), number: true, wideOnly: true },
    {
      head: 'Actions',
      cell: ({ id }) => (
        <Button kind="quiet" onClick={() => show(id)}>
          View<span class="visually-hidden"> dead letter {id}</span>
        </Button>
      ),
    },
  ];
}
