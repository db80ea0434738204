import './system-page.css';
import { isAdmin } from '../../kit/session.js';
import { HealthView } from './health-view.js';
import { ServerView } from './server-view.js';

/** How the server is: all of it for an admin, what `/health` tells for anybody else. */
export function SystemPage() {
  return isAdmin() ? <ServerView /> : <HealthView />;
}
