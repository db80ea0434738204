import { LocationProvider } from 'preact-iso/router';
import { announcement } from '../kit/announce.js';
import { ApiError } from '../kit/api/api-error.js';
import { loadSession, session } from '../kit/session.js';
import { Failure } from '../kit/ui/states.js';
import { LogIn } from './log-in.js';
import { Shell } from './shell.js';

/** The whole page: who is here decides between the log-in form and the pages. */
export function App() {
  return (
    <LocationProvider>
      <Visitor />
      <div class="visually-hidden" aria-live="polite">
        {announcement}
      </div>
    </LocationProvider>
  );
}

function Visitor() {
  const known = session.value;
  if (known === undefined) return <main aria-busy="true" />;
  if (known === null) return <LogIn />;
  if (known instanceof ApiError) {
    return (
      <main class="alone">
        <Failure error={known} onRetry={() => void loadSession()} />
      </main>
    );
  }
  return <Shell session={known} />;
}
