import type { ApiKey, Caller } from '../core/ports/api-key.js';
import type { KeyChanges, KeySnapshot } from '../core/ports/key-store.js';
import type { NewSession, Session } from '../core/ports/session-store.js';
import { DAY_MS } from '../core/time.js';
import { digestOf } from './key-text.js';

/** A caller with a key. */
export interface KeyCaller extends Caller {
  key: ApiKey;
}

/** A caller with a session, and so with its key. */
export interface SessionCaller extends KeyCaller {
  session: Session;
}

/** What is known of a key. */
interface KnownKey {
  digest: string;
  caller: KeyCaller;
  /** The key itself, once it was presented. */
  text: string | null;
  sessions: Set<string>;
}

/** How long after its end a key is still known; the store loads no older ones either. */
const EXPIRED_KEPT_MS = DAY_MS;

/** Keys and their sessions by digest, and projects by name: what a process judges requests by. */
export abstract class KnownCallers {
  private keys = new Map<string, KnownKey>();
  private digests = new Map<string, string>();
  /** By the key itself, so that it is hashed once and not at every request. Bounded: only known keys are in it. */
  private texts = new Map<string, KnownKey>();
  private sessions = new Map<string, SessionCaller>();
  private projects = new Map<string, number>();

  find(text: string): KeyCaller | undefined {
    const seen = this.texts.get(text);
    if (seen) return seen.caller;
    const known = this.keys.get(digestOf(text));
    if (known === undefined) return undefined;
    known.text = text;
    this.texts.set(text, known);
    return known.caller;
  }

  /** By the digest of a session's token. */
  findSession(digest: string): SessionCaller | undefined {
    return this.sessions.get(digest);
  }

  findById(keyId: string): KeyCaller | undefined {
    return this.keyOf(keyId)?.caller;
  }

  projectId(name: string): number | undefined {
    return this.projects.get(name);
  }

  projectNames(): string[] {
    return [...this.projects.keys()].sort();
  }

  /** How many of the keys that are not revoked match? Some of them may have expired. */
  countKeys(isLike: (key: ApiKey) => boolean): number {
    let count = 0;
    for (const { caller } of this.keys.values()) if (isLike(caller.key)) count++;
    return count;
  }

  protected replaceAll({ keys, sessions, projects }: KeySnapshot): void {
    this.keys = new Map();
    this.digests = new Map();
    this.texts = new Map();
    this.sessions = new Map();
    this.projects = projects;
    for (const [digest, key] of keys) this.setKey(digest, key);
    for (const session of sessions) this.setSession(session);
  }

  protected apply({ keyIds, keys, sessionDigests, sessions, projectIds, projects }: KeyChanges): void {
    const live = new Set<string>();
    for (const [digest, key] of keys) {
      live.add(key.id);
      this.setKey(digest, key);
    }
    for (const id of keyIds) if (!live.has(id)) this.dropKey(id);
    for (const digest of sessionDigests) this.dropSession(digest);
    for (const session of sessions) this.setSession(session);
    this.changeProjects(new Set(projectIds), projects);
  }

  /** Expired keys and sessions are dropped here: they end by the clock, and no change announces it. */
  protected dropExpired(nowMs: number): void {
    for (const [digest, { session }] of this.sessions) {
      if (session.expiresAt <= nowMs) this.dropSession(digest);
    }
    for (const { caller } of this.keys.values()) {
      if ((caller.key.expiresAt ?? Infinity) <= nowMs - EXPIRED_KEPT_MS) this.dropKey(caller.key.id);
    }
  }

  private setKey(digest: string, key: ApiKey): void {
    const caller = callerOf(key);
    const known = this.keys.get(digest);
    if (known === undefined) {
      this.keys.set(digest, { digest, caller, text: null, sessions: new Set() });
      this.digests.set(key.id, digest);
      return;
    }
    known.caller = caller;
    for (const session of known.sessions) {
      const { session: kept } = this.sessions.get(session)!;
      this.sessions.set(session, { ...caller, session: kept });
    }
  }

  private dropKey(id: string): void {
    const known = this.keyOf(id);
    if (known === undefined) return;
    this.keys.delete(known.digest);
    this.digests.delete(id);
    if (known.text !== null) this.texts.delete(known.text);
    for (const session of known.sessions) this.sessions.delete(session);
  }

  // A session whose key is no longer honoured is none.
  private setSession({ digest, keyId, expiresAt }: NewSession): void {
    const known = this.keyOf(keyId);
    if (known === undefined) return;
    known.sessions.add(digest);
    this.sessions.set(digest, { ...known.caller, session: { digest, expiresAt } });
  }

  private dropSession(digest: string): void {
    const caller = this.sessions.get(digest);
    if (caller === undefined) return;
    this.sessions.delete(digest);
    this.keyOf(caller.key.id)?.sessions.delete(digest);
  }

  private changeProjects(ids: ReadonlySet<number>, projects: ReadonlyMap<string, number>): void {
    if (ids.size === 0) return;
    for (const [name, id] of this.projects) if (ids.has(id)) this.projects.delete(name);
    for (const [name, id] of projects) this.projects.set(name, id);
  }

  private keyOf(id: string): KnownKey | undefined {
    const digest = this.digests.get(id);
    return digest === undefined ? undefined : this.keys.get(digest);
  }
}

function callerOf(key: ApiKey): KeyCaller {
  return { key, session: null, projectId: key.projectId, project: key.project, scopes: key.scopes };
}
