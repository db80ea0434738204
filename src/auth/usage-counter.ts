import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { KeyStore, type KeyUse } from '../core/ports/key-store.js';

const FLUSH_EVERY_MS = 3_000;

/** Counts the use of keys in memory, one entry a key, and writes the counts in the background. */
@Injectable()
export class UsageCounter implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(UsageCounter.name);
  private uses = new Map<string, KeyUse>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: KeyStore) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS).unref();
  }

  count(id: string, nowMs: number): void {
    this.add({ id, count: 1, lastUsedAt: nowMs });
  }

  /** Writes the counts; those that cannot be written wait for the next time. */
  async flush(): Promise<void> {
    if (this.uses.size === 0) return;
    const uses = this.uses;
    this.uses = new Map();
    try {
      await this.store.addUse([...uses.values()]);
    } catch (error) {
      for (const use of uses.values()) this.add(use);
      this.logger.debug(`the use of keys could not be written: ${String(error)}`);
    }
  }

  /** At this point no request is left, and the database is still connected. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  private add(use: KeyUse): void {
    const known = this.uses.get(use.id);
    if (known === undefined) {
      this.uses.set(use.id, use);
      return;
    }
    known.count += use.count;
    known.lastUsedAt = Math.max(known.lastUsedAt, use.lastUsedAt);
  }
}
