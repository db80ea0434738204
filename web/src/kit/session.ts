import { signal } from '@preact/signals';
import { ApiError } from './api/api-error.js';
import { forgetAnswers } from './api/kept-answers.js';
import { get, post, remove, whenUnauthorized } from './api/request.js';
import type { Session } from './api/schema.js';
import { store, stored } from './stored.js';

export type { Session };

/** undefined: not known yet; null: log in first; an error: the server could not say. */
export const session = signal<Session | null | undefined | ApiError>(undefined);

/** Did a session of this browser end because it expired, or because its key was revoked? */
export const sessionEnded = signal(false);

// The cookie is hidden from scripts. All that is stored is that there was one, never whose.
const LOGGED_IN = 'logged-in';

/** The server answered that nobody is logged in. */
export function endSession(): void {
  sessionEnded.value = stored(LOGGED_IN) === 'yes';
  session.value = null;
}

export function currentSession(): Session | null {
  const known = session.value;
  return known && !(known instanceof ApiError) ? known : null;
}

export const isAdmin = () => currentSession()?.scopes.includes('admin') ?? false;

/** Reads who is here: at the start, and when projects came or went. */
export async function loadSession(): Promise<void> {
  whenUnauthorized(endSession);
  try {
    session.value = await get<Session>('/api/v1/session');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) endSession();
    else session.value = error;
  }
}

/** Exchanges the key for a session cookie; the page does not keep the key. @throws ApiError */
export async function logIn(key: string): Promise<void> {
  const opened = await post<Session>('/api/v1/session', { body: { key } });
  forgetAnswers();
  store(LOGGED_IN, 'yes');
  sessionEnded.value = false;
  session.value = opened;
}

/** Where the server allows reading without a key, one is then anonymous rather than logged out. @throws ApiError */
export async function logOut(): Promise<void> {
  await remove('/api/v1/session');
  store(LOGGED_IN, 'no');
  forgetAnswers();
  await loadSession();
}
