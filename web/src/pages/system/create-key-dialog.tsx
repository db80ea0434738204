import './key-dialogs.css';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { post } from '../../kit/api/request.js';
import { loadSession } from '../../kit/session.js';
import { Button } from '../../kit/ui/button.js';
import { Dialog } from '../../kit/ui/dialog.js';
import { TextField } from '../../kit/ui/field.js';
import { Failure } from '../../kit/ui/states.js';
import { useAction } from '../../kit/use-action.js';
import { emptyKeyForm, keyFormProblems, keyRequest, SCOPES, type KeyForm, type Scope } from './key-form.js';
import type { NewKey } from './key-view.js';

interface CreateKeyDialogProps {
  project: string;
  onMade: (key: NewKey) => void;
  onClose: () => void;
}

const MEANINGS: Record<Scope, string> = {
  ingest: 'send events and access entries',
  query: 'read data and log in to this dashboard',
  admin: 'full access to every project',
};

/** Asks what a new key is for and may do. */
export function CreateKeyDialog({ project, onMade, onClose }: CreateKeyDialogProps) {
  const [form, setForm] = useState(() => emptyKeyForm(project));
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAction();
  const id = useId();
  const body = useRef<HTMLFormElement>(null);
  useEffect(() => body.current?.querySelector('input')?.focus(), []);
  const problems = tried ? keyFormProblems(form) : {};
  const change = (part: Partial<KeyForm>) => setForm({ ...form, ...part });
  const submit = () => {
    setTried(true);
    if (Object.keys(keyFormProblems(form)).length > 0) return;
    void run(async () => {
      const key = await post<NewKey>('/api/v1/keys', { body: keyRequest(form, Date.now()) });
      // A key may bring a project with it.
      if (key.project !== project) await loadSession();
      onMade(key);
    });
  };
  const actions = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button kind="primary" type="submit" form={id} busy={busy}>
        Create key
      </Button>
    </>
  );
  return (
    <Dialog title="New key" onClose={onClose} actions={actions}>
      <form
        ref={body}
        id={id}
        class="key-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Fields form={form} problems={problems} onChange={change} />
      </form>
      {error && <Failure error={error} />}
    </Dialog>
  );
}

interface FieldsProps {
  form: KeyForm;
  problems: ReturnType<typeof keyFormProblems>;
  onChange: (part: Partial<KeyForm>) => void;
}

function Fields({ form, problems, onChange }: FieldsProps) {
  return (
    <>
      <TextField
        label="Name"
        placeholder="iOS app"
        hint="What the key will be used for."
        value={form.name}
        error={problems.name}
        onInput={(event) => onChange({ name: event.currentTarget.value })}
      />
      <TextField
        label="Project"
        hint="Created if it does not exist yet."
        value={form.project}
        error={problems.project}
        onInput={(event) => onChange({ project: event.currentTarget.value })}
      />
      <ScopeChoice
        scopes={form.scopes}
        problem={problems.scopes}
        onChange={(scopes) => onChange({ scopes })}
      />
      <TextField
        label="Expires after (days)"
        placeholder="Never"
        value={form.expiresInDays}
        error={problems.expiresInDays}
        onInput={(event) => onChange({ expiresInDays: event.currentTarget.value.trim() })}
      />
      <TextField
        label="Requests per minute"
        placeholder="Server default"
        hint="Counted separately for each client address that uses the key."
        value={form.perMinute}
        error={problems.perMinute}
        onInput={(event) => onChange({ perMinute: event.currentTarget.value.trim() })}
      />
      <label class="key-check">
        <input
          type="checkbox"
          checked={form.selfRotate}
          onChange={(event) => onChange({ selfRotate: event.currentTarget.checked })}
        />
        <span>
          Can rotate itself{' '}
          <span class="muted">
            (not for keys shipped in an app: anyone who extracts one could lock out the rest)
          </span>
        </span>
      </label>
    </>
  );
}

interface ScopeChoiceProps {
  scopes: readonly Scope[];
  problem: string | undefined;
  onChange: (scopes: Scope[]) => void;
}

function ScopeChoice({ scopes, problem, onChange }: ScopeChoiceProps) {
  const id = useId();
  return (
    <fieldset class="key-scopes" aria-describedby={problem && id}>
      <legend class="field-label">Scopes</legend>
      {SCOPES.map((scope) => (
        <label key={scope} class="key-check">
          <input
            type="checkbox"
            checked={scopes.includes(scope)}
            onChange={(event) =>
              onChange(
                SCOPES.filter((one) => (one === scope ? event.currentTarget.checked : scopes.includes(one))),
              )
            }
          />
          <span>
            {scope} <span class="muted">({MEANINGS[scope]})</span>
          </span>
        </label>
      ))}
      {problem && (
        <p id={id} class="field-error" role="alert">
          {problem}
        </p>
      )}
    </fieldset>
  );
}
