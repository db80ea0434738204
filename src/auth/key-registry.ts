import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { Clock } from '../core/ports/clock.js';
import { KeyStore } from '../core/ports/key-store.js';
import { KnownCallers } from './known-callers.js';

const POLL_EVERY_MS = 500;
const CHECK_AT_MOST_EVERY_MS = 250;
// A poll on a connection that died silently must not block the next one.
const CHECK_TIMEOUT_MS = 2_000;
const SWEEP_EVERY_MS = 600_000;

/**
 * All keys of the server and all sessions, by digest: a known one costs no query. Every process asks for the version twice a
 * second and loads what changed since its own: a revoked key is out within 2 s, and a change costs the same however many keys
 * there are. An unknown one waits for a check that begins after it came, shared by all that wait: a new key works at once, and a
 * flood of wrong ones costs four queries a second.
 */
@Injectable()
export class KeyRegistry extends KnownCallers implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(KeyRegistry.name);
  private version: string | null = null;
  private reachable = false;
  private reachedAtMs = -Infinity;
  private started = 0;
  private applied = 0;
  private checkedAtMs = -Infinity;
  private sweptAtMs = -Infinity;
  private running: Promise<void> = Promise.resolve();
  private next: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    private readonly store: KeyStore,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
  }

  async onModuleInit(): Promise<void> {
    await this.reload();
    this.timer = setInterval(() => void this.refresh(), POLL_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopped = true;
    await this.running;
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
      this.sweep();
    } catch (error) {
      this.reached(false, error);
    }
  }

  private async readChanges(order: number): Promise<void> {
    const since = this.version;
    if ((await this.store.version()) === since) return;
    const changes = since === null ? null : await this.store.changes(since);
    const snapshot = changes ?? (await this.store.load());
    // Of two concurrent loads the one that began later has seen more. The version cannot tell them apart: a restored backup
    // resets it.
    if (order < this.applied) return;
    this.applied = order;
    this.version = snapshot.version;
    if (changes) this.apply(changes);
    else this.replaceAll(snapshot);
  }

  private sweep(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.sweptAtMs < SWEEP_EVERY_MS) return;
    this.sweptAtMs = nowMs;
    this.dropExpired(nowMs);
  }

  private reached(reachable: boolean, error?: unknown): void {
    if (reachable) this.reachedAtMs = this.clock.nowMs();
    if (reachable === this.reachable) return;
    this.reachable = reachable;
    if (!reachable)
      this.logger.warn(`keys cannot be read; known ones are still accepted for a while: ${reasonOf(error)}`);
    else if (this.started > 1) this.logger.log('keys are read again');
  }
}

// The store's own error says only that it cannot be reached.
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
