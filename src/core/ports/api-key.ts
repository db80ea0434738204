import type { Session } from './session-store.js';

export const SCOPES = ['ingest', 'query', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** What a project may be called. */
export const PROJECT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The project of a key or command that names none. */
export const DEFAULT_PROJECT = 'default';

/** What a process knows of a key; the key itself is never kept. Times are milliseconds since the epoch. */
export interface ApiKey {
  id: string;
  name: string;
  /** The first characters of the key, to tell keys apart in a list. */
  prefix: string;
  projectId: number;
  project: string;
  scopes: readonly Scope[];
  createdAt: number;
  expiresAt: number | null;
  revokedAt: number | null;
  rateLimitPerMinute: number | null;
  selfRotate: boolean;
  /** The key that took this one's place, when it was rotated. */
  successorId: string | null;
}

/** Who is asking, and of which project: what the guard leaves on a request. */
export interface Caller {
  /** null for a request without a key (ANONYMOUS_SCOPES). */
  key: ApiKey | null;
  /** The session, where the request came with a cookie instead of the key. */
  session: Session | null;
  /** The project that the request acts on: the key's own, or `?project=` for an admin. */
  projectId: number;
  project: string;
  scopes: readonly Scope[];
}

/** The admin is the server's operator and may do everything. */
export function hasScope(scopes: readonly Scope[], scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes('admin');
}

/** `rotating`: has a successor, and works on until it expires. */
export type KeyState = 'active' | 'rotating' | 'expired' | 'revoked';

export function keyState(key: ApiKey, nowMs: number): KeyState {
  if (key.revokedAt !== null) return 'revoked';
  if (key.expiresAt !== null && key.expiresAt <= nowMs) return 'expired';
  return key.successorId === null ? 'active' : 'rotating';
}
