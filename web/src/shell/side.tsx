import logo from '../favicon.svg';
import { useAddress } from '../kit/address.js';
import { isAdmin, logOut, session as current, type Session } from '../kit/session.js';
import { Button, IconButton } from '../kit/ui/button.js';
import { Select } from '../kit/ui/field.js';
import { Icon } from '../kit/ui/icon.js';
import { Name } from '../kit/ui/name.js';
import { spelled } from '../kit/unseen.js';
import { PAGES } from './page-list.js';
import { ThemeSwitch } from './theme-switch.js';

/** The product's name, the pages, the project, the account. */
export function Side({ session }: { session: Session }) {
  const { page, to } = useAddress();
  return (
    <header class="side">
      <p class="brand">
        <img src={logo} alt="" /> Sightline
      </p>
      <nav class="nav" aria-label="Pages">
        {PAGES.filter(({ adminOnly }) => !adminOnly || isAdmin()).map(({ address, name, icon }) => (
          <a key={address} href={to(address)} aria-current={page === address ? 'page' : undefined}>
            <Icon name={icon} size={18} />
            {name}
          </a>
        ))}
      </nav>
      <div class="side-foot">
        <ProjectChoice session={session} />
        <Account session={session} />
      </div>
    </header>
  );
}

// What a page filters by belongs to the project that it was filtered in: only the window of time comes along.
function ProjectChoice({ session }: { session: Session }) {
  const { query, change } = useAddress();
  const chosen = query.project ?? session.project;
  if (session.projects.length < 2 && chosen === session.project) return null;
  const names = [...new Set([...session.projects, chosen])].sort();
  return (
    <Select
      label="Project"
      value={chosen}
      choices={names.map((name) => ({ value: name, label: spelled(name) }))}
      onChoose={(name) => change({ project: name === session.project ? undefined : name })}
    />
  );
}

function Account({ session }: { session: Session }) {
  return (
    <div class="account">
      <p class="account-name">
        <Name text={session.key?.name ?? 'No key'} />
        <span class="muted">{session.key ? session.scopes.join(', ') : 'anonymous access'}</span>
      </p>
      <ThemeSwitch />
      {session.key ? (
        <IconButton icon="logout" label="Log out" onClick={() => void logOut()} />
      ) : (
        <Button kind="quiet" onClick={() => (current.value = null)}>
          Log in
        </Button>
      )}
    </div>
  );
}
