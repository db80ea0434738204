import { setImmediate as othersTurn, setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { AddressCounts, AddressStore } from '../../core/ports/access-store.js';

const LOOK_EVERY_MS = 500;
/** A poll on a connection that died silently must not block the next one. */
const LOOK_TIMEOUT_MS = 2_000;

interface Listener {
  /** Changes with every receipt; null while an append is on its way. */
  activity(): number | null;
  /** @param quiet no append was on its way while the store was asked. */
  looked(counts: AddressCounts, quiet: boolean): Promise<void>;
}

/** Looks at the store's counts of addresses twice a second. While they cannot be read, nothing changes. */
export class CountPoll {
  private readonly logger = new Logger('UniqueIps');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private started = 0;
  private applied = 0;
  private failing = false;

  constructor(
    private readonly store: AddressStore,
    private readonly listener: Listener,
  ) {}

  /** Resolves after the first look. */
  start(): Promise<void> {
    // unref: counting alone keeps no process alive
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
    return this.look();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** One at a time; it never rejects. */
  private look(): Promise<void> {
    this.running ??= this.tryLook().finally(() => (this.running = null));
    return this.running;
  }

  private async tryLook(): Promise<void> {
    const timeout = delay(LOOK_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new Error(`no answer within ${LOOK_TIMEOUT_MS} ms`);
    });
    try {
      await Promise.race([this.read(++this.started), timeout]);
      if (this.failing) this.logger.log('unique addresses are counted again');
      this.failing = false;
    } catch (error) {
      if (this.failing) return;
      this.failing = true;
      this.logger.error(new Error('the counts of unique addresses cannot be read', { cause: error }));
    }
  }

  private async read(order: number): Promise<void> {
    const activity = this.listener.activity();
    const counts = await this.store.counts();
    // Receipts that came just before these counts are passed on in between.
    await othersTurn();
    // A poll that timed out may still be answered, after a later one.
    if (order < this.applied) return;
    this.applied = order;
    await this.listener.looked(counts, activity !== null && activity === this.listener.activity());
  }
}
