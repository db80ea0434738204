import type { Actor } from './audit.js';

/** A log-in that is kept. Times are milliseconds since the epoch. */
export interface Session {
  /** SHA-256 of the cookie's token, in hex: the only form in which a token is kept. */
  digest: string;
  /** At the latest: it also ends with its key. */
  expiresAt: number;
}

export interface NewSession extends Session {
  /** What the session may do is what this key may. */
  keyId: string;
}

/**
 * Sessions of the dashboard. Every process knows all of them: they are loaded with the keys (`KeySnapshot`), and each
 * change raises the keys' version, and is recorded in the audit log, in its own transaction.
 */
export abstract class SessionStore {
  /**
   * Begins a session, and ends `previous` (a digest) where one is given. A key has at most `max` sessions: the one that
   * expires first makes room. False where the key was revoked meanwhile.
   */
  abstract begin(session: NewSession, previous: string | null, max: number, actor: Actor): Promise<boolean>;

  /** Ends a session, if it is there. */
  abstract end(digest: string, actor: Actor): Promise<void>;

  /** Removes what has expired. */
  abstract prune(): Promise<void>;
}
