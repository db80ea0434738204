import { useState } from 'preact/hooks';
import { getEveryPage } from '../../kit/api/request.js';
import { useQuery } from '../../kit/api/use-query.js';
import { ago, count, dateTime } from '../../kit/format.js';
import { project } from '../../kit/project.js';
import { currentSession } from '../../kit/session.js';
import { Badge } from '../../kit/ui/badge.js';
import { Button } from '../../kit/ui/button.js';
import { DataTable, type Column } from '../../kit/ui/data-table.js';
import { Name } from '../../kit/ui/name.js';
import { Loaded, Panel } from '../../kit/ui/panel.js';
import { Empty } from '../../kit/ui/states.js';
import { spelled } from '../../kit/unseen.js';
import { RevokeDialog, RotateDialog } from './change-key-dialogs.js';
import { CreateKeyDialog } from './create-key-dialog.js';
import { sortedKeys, type KeyView, type NewKey } from './key-view.js';
import { NewKeyDialog } from './new-key-dialog.js';

type Asked =
  | { kind: 'create' }
  | { kind: 'rotate' | 'revoke'; key: KeyView }
  | { kind: 'made'; key: NewKey; why: string };

/** The keys of the project and their use; makes, rotates and revokes them. */
export function Keys() {
  const keys = useQuery<KeyView[]>('/api/v1/keys', {}, { ask: getEveryPage });
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const made = (why: string) => (key: NewKey) => {
    keys.reload();
    setAsked({ kind: 'made', key, why });
  };
  const of = project.value ?? currentSession()?.project ?? '';
  return (
    <Panel
      title="Keys"
      wide={7}
      note={
        <>
          in project <Name text={of} />
        </>
      }
      actions={
        <Button icon="plus" onClick={() => setAsked({ kind: 'create' })}>
          New key
        </Button>
      }
    >
      <Loaded
        query={keys}
        isEmpty={(list) => list.length === 0}
        empty={<Empty title="No keys yet" icon="key" />}
      >
        {(list) => (
          <DataTable
            caption="Keys and their usage"
            columns={columns((kind, key) => setAsked({ kind, key }))}
            rows={sortedKeys(list)}
            keyOf={({ id }) => id}
          />
        )}
      </Loaded>
      {asked?.kind === 'create' && (
        <CreateKeyDialog project={of} onMade={made('Key created')} onClose={close} />
      )}
      {asked?.kind === 'rotate' && (
        <RotateDialog target={asked.key} onMade={made('Key rotated')} onClose={close} />
      )}
      {asked?.kind === 'revoke' && <RevokeDialog target={asked.key} onDone={keys.reload} onClose={close} />}
      {asked?.kind === 'made' && <NewKeyDialog made={asked.key} title={asked.why} onClose={close} />}
    </Panel>
  );
}

const TONES = { active: 'good', rotating: 'info', expired: 'neutral', revoked: 'neutral' } as const;

function columns(ask: (kind: 'rotate' | 'revoke', key: KeyView) => void): Column<KeyView>[] {
  return [
    {
      head: 'Name',
      cell: ({ name, scopes }) => (
        <>
          <Name text={name} class="key-name" />
          <span class="muted narrow-only">{scopes.join(', ')}</span>
        </>
      ),
    },
    { head: 'Prefix', cell: ({ prefix }) => <span class="mono">{prefix}…</span>, wideOnly: true },
    { head: 'State', cell: (key) => <State of={key} /> },
    { head: 'Scopes', cell: ({ scopes }) => scopes.join(', '), wideOnly: true },
    { head: 'Requests', cell: ({ usage_count }) => count(usage_count), number: true, wideOnly: true },
    {
      head: 'Last used',
      cell: ({ last_used_at }) => <Moment at={last_used_at} none="Never" />,
      wideOnly: true,
    },
    { head: 'Created', cell: ({ created_at }) => <Moment at={created_at} none="–" />, wideOnly: true },
    { head: 'Expires', cell: ({ expires_at }) => <Moment at={expires_at} none="Never" />, wideOnly: true },
    { head: 'Actions', cell: (key) => <Actions of={key} ask={ask} /> },
  ];
}

function State({ of: key }: { of: KeyView }) {
  return (
    <span class="key-badges">
      <Badge tone={TONES[key.state]}>{key.state}</Badge>
      {key.rotation_due && <Badge tone="warn">rotation due</Badge>}
      {key.id === currentSession()?.key?.id && <Badge>yours</Badge>}
    </span>
  );
}

function Moment({ at, none }: { at: string | null; none: string }) {
  if (at === null) return <span class="muted">{none}</span>;
  const isPast = Date.parse(at) <= Date.now();
  return (
    <time dateTime={at} title={dateTime(at)} class="key-moment">
      {isPast ? ago(at, Date.now()) : dateTime(at)}
    </time>
  );
}

function Actions({ of: key, ask }: { of: KeyView; ask: (kind: 'rotate' | 'revoke', key: KeyView) => void }) {
  if (key.state === 'revoked' || key.state === 'expired') return null;
  const named = (verb: string) => (
    <>
      {verb}
      <span class="visually-hidden"> {spelled(key.name)}</span>
    </>
  );
  return (
    <span class="key-actions">
      {key.state === 'active' && (
        <Button kind="quiet" onClick={() => ask('rotate', key)}>
          {named('Rotate')}
        </Button>
      )}
      <Button kind="quiet" onClick={() => ask('revoke', key)}>
        {named('Revoke')}
      </Button>
    </span>
  );
}
