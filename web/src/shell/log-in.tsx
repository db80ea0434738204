import './log-in.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import logo from '../favicon.svg';
import { ApiError } from '../kit/api/api-error.js';
import { logIn, sessionEnded } from '../kit/session.js';
import { Button } from '../kit/ui/button.js';
import { TextField } from '../kit/ui/field.js';
import { ThemeSwitch } from './theme-switch.js';

/** Exchanges a key for a session. The key leaves the page with the request. */
export function LogIn() {
  const form = useRef<HTMLFormElement>(null);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = 'Log in · Sightline';
    form.current?.querySelector<HTMLInputElement>('input[name=key]')?.focus();
  }, []);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const input = form.current?.querySelector<HTMLInputElement>('input[name=key]');
    const key = input?.value.trim();
    if (!key) return setProblem('Enter an API key.');
    setBusy(true);
    setProblem(undefined);
    try {
      await logIn(key);
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
      input?.select();
    }
  };

  return (
    <main class="alone">
      <form ref={form} class="log-in" onSubmit={(event) => void submit(event)} noValidate>
        <p class="brand">
          <img src={logo} alt="" /> Sightline
        </p>
        <h1>Log in</h1>
        {sessionEnded.value && <Ended />}
        {/* Password managers file a password under a name. */}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value="Sightline API key"
          readOnly
          hidden
        />
        <TextField
          label="API key"
          name="key"
          type="password"
          autoComplete="current-password"
          error={problem}
          hint="Use a key with the query or admin scope. It is exchanged for a session and not stored in the browser."
        />
        <Button kind="primary" type="submit" busy={busy}>
          Log in
        </Button>
        <p class="field-hint">
          The server prints a key when it first starts and saves it as <code>api-key</code> in its data
          directory. Create more with <code>sightline keys create</code>.
        </p>
      </form>
      <ThemeSwitch />
    </main>
  );
}

function Ended() {
  return (
    <p class="log-in-ended" role="status">
      Your session has ended: it expired, or its key was revoked. Log in to continue where you were.
    </p>
  );
}

function problemOf(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong. Try again.';
  if (error.status === 401) return 'This key is invalid, has expired or was revoked.';
  if (error.status === 403) return 'This key cannot read data. Use one with the query or admin scope.';
  return `${error.message}.`.replace(/\.\.$/, '.');
}
