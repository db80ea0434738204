import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import type { ApiKey, Caller } from '../core/api-key.js';
import { Clock } from '../core/clock.js';
import { KeyStore } from '../core/key-store.js';
import type { NewSession, Session } from '../core/session-store.js';
import { digestOf } from './key-text.js';

const POLL_EVERY_MS = 500;
const CHECK_AT_MOST_EVERY_MS = 250;
// A poll on a connection that went dead without a word must not be waited for.
const CHECK_TIMEOUT_MS = 2_000;

/** A caller with a key. */
export interface KeyCaller extends Caller {
  key: ApiKey;
}

/** A caller with a session, and so with its key. */
export interface SessionCaller extends KeyCaller {
  session: Session;
}

/**
 * All keys of the server and all sessions, by digest: a known one costs no query. Every process asks for the version twice a second and
 * loads what changed, so a revoked key is out within 2 s. An unknown one waits for a check that begins after it came,
 * shared by all that wait: a new key works at once, and a flood of wrong ones costs four queries a second.
 */
@Injectable()
export class KeyRegistry implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(KeyRegistry.name);
  private version = -1;
  private callers = new Map<string, KeyCaller>();
  /** By the key itself, so that it is hashed once and not at every request. Known keys only: as many as there are. */
  private readonly seen = new Map<string, KeyCaller>();
  private byId = new Map<string, KeyCaller>();
  private sessions = new Map<string, SessionCaller>();
  private projects = new Map<string, number>();
  private reachable = false;
  private reachedAtMs = -Infinity;
  private started = 0;
  private applied = 0;
  private checkedAtMs = -Infinity;
  private running: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly store: KeyStore,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.reload();
    this.timer = setInterval(() => void this.refresh(), POLL_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopped = true;
    await this.running;
  }

  find(key: string): KeyCaller | undefined {
    const seen = this.seen.get(key);
    if (seen) return seen;
    const caller = this.callers.get(digestOf(key));
    if (caller) this.seen.set(key, caller);
    return caller;
  }

  /** By the digest of a session's token. */
  findSession(digest: string): SessionCaller | undefined {
    return this.sessions.get(digest);
  }

  findById(keyId: string): KeyCaller | undefined {
    return this.byId.get(keyId);
  }

  projectId(name: string): number | undefined {
    return this.projects.get(name);
  }

  projectNames(): string[] {
    return [...this.projects.keys()].sort();
  }

  /** Every key that is known and not revoked; some may have expired. */
  keys(): ApiKey[] {
    return [...this.callers.values()].map(({ key }) => key);
  }

  /** Did the last check reach the database? */
  get current(): boolean {
    return this.reachable;
  }

  /** May known keys be honoured? While the database is away, for KEY_CACHE_STALE_SECONDS. */
  trusted(nowMs: number): boolean {
    return this.reachable || nowMs - this.reachedAtMs < this.config.keyStaleS * 1000;
  }

  /** Resolves after a check that began after this call; it never rejects: see `current`. */
  refresh(): Promise<void> {
    this.next ??= this.checkNext();
    return this.next;
  }

  /** Checks at once, for changes that this process made. */
  reload(): Promise<void> {
    this.checkedAtMs = this.clock.nowMs();
    this.running = this.check();
    return this.running;
  }

  private async checkNext(): Promise<void> {
    await this.running;
    const sinceMs = Math.max(0, this.clock.nowMs() - this.checkedAtMs);
    if (sinceMs < CHECK_AT_MOST_EVERY_MS) await delay(CHECK_AT_MOST_EVERY_MS - sinceMs);
    this.next = null;
    if (!this.stopped) await this.reload();
  }

  private async check(): Promise<void> {
    const order = ++this.started;
    const timeout = delay(CHECK_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`);
    });
    try {
      await Promise.race([this.readChanges(order), timeout]);
      this.reached(true);
    } catch (error) {
      this.reached(false, error);
    }
  }

  private async readChanges(order: number): Promise<void> {
    if ((await this.store.version()) === this.version) return;
    const { version, keys, sessions, projects } = await this.store.load();
    // Of two loads at once the later begun has seen more. The version cannot tell: a restored backup puts it back.
    if (order < this.applied) return;
    this.applied = order;
    this.version = version;
    this.projects = projects;
    this.seen.clear();
    this.callers = new Map([...keys].map(([digest, key]) => [digest, callerOf(key)]));
    this.byId = new Map([...this.callers.values()].map((caller) => [caller.key.id, caller]));
    this.sessions = callersOf(sessions, this.byId);
  }

  private reached(reachable: boolean, error?: unknown): void {
    if (reachable) this.reachedAtMs = this.clock.nowMs();
    if (reachable === this.reachable) return;
    this.reachable = reachable;
    if (!reachable)
      this.logger.warn(`keys cannot be read, known ones are honoured for a while: ${reasonOf(error)}`);
    else if (this.started > 1) this.logger.log('keys are read again');
  }
}

function callerOf(key: ApiKey): KeyCaller {
  return { key, session: null, projectId: key.projectId, project: key.project, scopes: key.scopes };
}

// A session whose key is no longer honoured is none.
function callersOf(
  sessions: readonly NewSession[],
  keys: ReadonlyMap<string, KeyCaller>,
): Map<string, SessionCaller> {
  const callers = new Map<string, SessionCaller>();
  for (const { digest, keyId, expiresAt } of sessions) {
    const caller = keys.get(keyId);
    if (caller) callers.set(digest, { ...caller, session: { digest, expiresAt } });
  }
  return callers;
}

// The store's own error says only that it is away.
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
