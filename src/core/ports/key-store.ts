import type { ApiKey, Scope } from './api-key.js';
import type { Actor } from './audit.js';
import type { NewSession } from './session-store.js';

/** Keys of a page, at most. */
export const MAX_KEYS = 1_000;

export interface NewKey {
  name: string;
  /** Made when there is none of this name. */
  project: string;
  scopes: readonly Scope[];
  /** SHA-256 of the key, in hex. */
  digest: string;
  prefix: string;
  expiresAt: number | null;
  rateLimitPerMinute: number | null;
  selfRotate: boolean;
}

/** A key as an admin sees it: never the key or its digest. */
export interface ListedKey extends ApiKey {
  usageCount: number;
  lastUsedAt: number | null;
}

export interface KeyUse {
  id: string;
  count: number;
  lastUsedAt: number;
}

/** What a process needs to know to judge every request by itself. */
export interface KeySnapshot {
  /** Identifies this state: see `KeyStore.version`. */
  version: string;
  /** All keys that may still be honoured, by digest in hex. */
  keys: Map<string, ApiKey>;
  /** All sessions that may still be honoured; some may be of keys that are not. */
  sessions: NewSession[];
  /** Every project's id, by its name. */
  projects: Map<string, number>;
}

/** What may have changed since a version, with its current state: ids that are missing from it are no longer valid. */
export interface KeyChanges extends KeySnapshot {
  keyIds: readonly string[];
  sessionDigests: readonly string[];
  projectIds: readonly number[];
}

/** The last key of a page. */
export interface KeyPosition {
  /** RFC 3339, with the microseconds. */
  createdAt: string;
  id: string;
}

export interface KeyPage {
  keys: ListedKey[];
  /** null on the last page. */
  next: KeyPosition | null;
}

/** Keys and projects. Every change raises the version, and is recorded in the audit log, in its own transaction. */
export abstract class KeyStore {
  /** A text that differs whenever anything may have changed. Cheap: every process asks several times a second. */
  abstract version(): Promise<string>;
  abstract load(): Promise<KeySnapshot>;
  /** The changes since a version; null where they are unknown, as after a backup was restored: then `load` everything. */
  abstract changes(since: string): Promise<KeyChanges | null>;
  abstract create(key: NewKey, actor: Actor): Promise<ListedKey>;
  /** Makes the key unless its digest is known already, revoked or not. */
  abstract seed(key: NewKey): Promise<void>;
  /** Makes the key if the server has none at all, however many processes ask at once; false if it has some. */
  abstract seedFirst(key: NewKey): Promise<boolean>;
  abstract byDigest(digest: string): Promise<ListedKey | null>;
  /** Oldest first: keys of one project, or of all. `after` is `next` of an earlier page of the same. */
  abstract list(project: string | null, limit: number, after: KeyPosition | null): Promise<KeyPage>;
  /** null where the project (or, with null, the server) has no such key. Revoking twice keeps the first time. */
  abstract revoke(id: string, project: string | null, actor: Actor): Promise<ListedKey | null>;
  /**
   * Makes a successor with the same rights, and lets the old key expire at `oldExpiresAt` at the latest.
   * `spent`: the key is revoked, expired or has a successor already; nothing is changed.
   */
  abstract rotate(
    id: string,
    project: string | null,
    successor: { digest: string; prefix: string },
    oldExpiresAt: number,
    actor: Actor,
  ): Promise<ListedKey | 'unknown' | 'spent'>;
  abstract addUse(uses: readonly KeyUse[]): Promise<void>;
}
