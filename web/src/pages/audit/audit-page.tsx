import './audit-page.css';
import { useEffect, useState } from 'preact/hooks';
import { useAddress } from '../../kit/address.js';
import { usePages } from '../../kit/api/use-pages.js';
import { useBusy } from '../../kit/busy.js';
import { count, dateTime } from '../../kit/format.js';
import { isAdmin } from '../../kit/session.js';
import { Badge } from '../../kit/ui/badge.js';
import { Button } from '../../kit/ui/button.js';
import { DataTable, type Column } from '../../kit/ui/data-table.js';
import { Select, TextField } from '../../kit/ui/field.js';
import { Name } from '../../kit/ui/name.js';
import { Page } from '../../kit/ui/page.js';
import { Panel } from '../../kit/ui/panel.js';
import { Empty, Failure, Loading } from '../../kit/ui/states.js';
import {
  ACTION_CHOICES,
  actionText,
  actorText,
  targetText,
  timesOf,
  type AuditEntry,
} from './audit-entry.js';

/** Who changed what on this server, from where: for who runs it. */
export function AuditPage() {
  return (
    <Page title="Audit">
      {isAdmin() ? (
        <AuditPanel />
      ) : (
        <Panel title="Audit log">
          <Empty title="Only admin keys can read the audit log" icon="audit" />
        </Panel>
      )}
    </Page>
  );
}

function AuditPanel() {
  const { query, change } = useAddress();
  const { action, actor } = query;
  const { entries, error, loading, complete, more, reload } = usePages<AuditEntry>('/api/v1/audit', {
    action,
    actor,
  });
  useBusy(entries === undefined && error === undefined);
  return (
    <Panel
      title="Audit log"
      note="all projects, newest first"
      actions={
        <Button icon="refresh" busy={loading} onClick={reload}>
          Refresh
        </Button>
      }
    >
      <Filters
        action={action ?? ''}
        actor={actor ?? ''}
        onAsk={(filter) => change({ action: filter.action || undefined, actor: filter.actor || undefined })}
      />
      {entries === undefined && !error && <Loading height={320} label="Loading the audit log" />}
      {entries?.length === 0 && <Empty title="No matching entries" icon="audit" />}
      {entries !== undefined && entries.length > 0 && (
        <DataTable caption="Audit log" columns={COLUMNS} rows={entries} keyOf={({ id }) => String(id)} />
      )}
      {error && <Failure error={error} onRetry={entries === undefined ? reload : more} />}
      {entries !== undefined && !complete && !error && (
        <div class="audit-more">
          <Button busy={loading} onClick={more}>
            Load more
          </Button>
        </div>
      )}
    </Panel>
  );
}

interface Filter {
  action: string;
  actor: string;
}

// A choice is asked at once, a text with Enter or the button.
function Filters({ action, actor, onAsk }: Filter & { onAsk: (filter: Filter) => void }) {
  const [typed, setTyped] = useState(actor);
  useEffect(() => setTyped(actor), [actor]);
  return (
    <form
      class="audit-filters"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk({ action, actor: typed.trim() });
      }}
    >
      <Select
        label="Action"
        value={action}
        choices={ACTION_CHOICES}
        onChoose={(chosen) => onAsk({ action: chosen, actor: typed.trim() })}
      />
      <TextField
        label="Actor"
        type="search"
        placeholder="Key name, prefix or ID, or user name"
        maxLength={255}
        value={typed}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit">Search</Button>
    </form>
  );
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  {
    head: 'Time',
    cell: ({ at }) => (
      <time dateTime={at} class="audit-time">
        {dateTime(at)}
      </time>
    ),
  },
  {
    head: 'Action',
    cell: ({ action, actor }) => (
      <>
        <Name text={actionText(action)} />
        <span class="muted narrow-only">
          <Name text={actorText(actor)} class="audit-name" />
        </span>
      </>
    ),
  },
  { head: 'Outcome', cell: (entry) => <Outcome of={entry} /> },
  { head: 'Actor', cell: ({ actor }) => <Name text={actorText(actor)} class="audit-name" />, wideOnly: true },
  { head: 'Address', cell: ({ address }) => <Name text={address ?? '–'} class="mono" />, wideOnly: true },
  { head: 'Project', cell: ({ project }) => <Name text={project ?? '–'} />, wideOnly: true },
  { head: 'Key', cell: (entry) => <Name text={targetText(entry)} class="audit-name" />, wideOnly: true },
];

function Outcome({ of: entry }: { of: AuditEntry }) {
  const times = timesOf(entry);
  return (
    <>
      <Badge tone={entry.outcome === 'success' ? 'good' : 'bad'}>{entry.outcome}</Badge>
      {times > 1 && <span class="muted"> {count(times)} times</span>}
    </>
  );
}
