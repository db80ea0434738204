import { useLayoutEffect } from 'preact/hooks';
import { useAddress } from '../kit/address.js';
import { waiting } from '../kit/busy.js';
import { project } from '../kit/project.js';
import type { Session } from '../kit/session.js';
import { Pages } from './pages.js';
import { Side } from './side.js';

/** Navigation beside the page. */
export function Shell({ session }: { session: Session }) {
  const { query } = useAddress();
  // The key's own project needs no mention: the server takes it by itself.
  const chosen = query.project && query.project !== session.project ? query.project : undefined;
  // Before the pages render: their first question is already of this project.
  project.value = chosen;
  useLayoutEffect(() => () => void (project.value = undefined), []);
  return (
    <div class="shell">
      <a class="skip-link" href="#main">
        Skip to content
      </a>
      <Side session={session} />
      <main id="main" class="main" tabIndex={-1} aria-busy={waiting.value > 0}>
        <Pages />
      </main>
    </div>
  );
}
