import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { AddressStore, UniqueIpCount } from '../../core/ports/access-store.js';
import { Clock } from '../../core/ports/clock.js';
import { AccessDelivery } from '../../core/ports/delivery.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/records/access-entry.js';
import { dayNumber } from '../../core/time.js';
import type { AddressReport } from '../query/stats.dto.js';
import { CountPoll } from './count-poll.js';
import { SeenAddresses } from './seen-addresses.js';

/**
 * How many addresses there are, and which of them were seen today already: those cost the store nothing, any other is upserted
 * there, and the receipt tells whether it was new. So the set may be loaded while the server answers already, and need not hear
 * which addresses other processes upsert: only how many they count.
 */
@Injectable()
export class UniqueIps extends UniqueIpCount implements OnModuleInit, OnApplicationShutdown {
  private readonly seen: SeenAddresses;
  private readonly poll: CountPoll;
  private readonly stopping = new AbortController();
  private background: Promise<void> = Promise.resolve();
  private receipts = 0;
  /** On their way, beside those of the delivery. */
  private appends = 0;

  constructor(
    store: AddressStore,
    private readonly delivery: AccessDelivery,
    clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
    this.seen = new SeenAddresses(store, config.uniqueIps, () => dayNumber(clock.nowMs() * 1000));
    this.poll = new CountPoll(store, {
      activity: () => (this.delivery.depth() === 0 && this.appends === 0 ? this.receipts : null),
      looked: (counts, quiet) => this.seen.looked(counts, quiet),
    });
  }

  /** Knows the counts, as far as the store can be reached; the addresses follow. */
  async onModuleInit(): Promise<void> {
    this.background = this.seen.load(this.stopping.signal);
    await this.poll.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.poll.stop(), this.background]);
  }

  /** Is this canonical address to be upserted with its entry (`upsertIp`)? */
  needsUpsert(projectId: number, ip: string): boolean {
    return this.seen.of(projectId).needsUpsert(ip);
  }

  /** Takes what the store answered to entries of an append. */
  takeReceipts(entries: readonly NewAccessEntry[], receipts: readonly AccessReceipt[]): void {
    this.receipts++;
    for (let i = 0; i < receipts.length; i++) {
      const { projectId, ip, upsertIp, createdAt } = entries[i];
      const receipt = receipts[i];
      if (!upsertIp || ip === null || receipt.outcome !== 'stored') continue;
      const project = this.seen.of(projectId);
      // the day that the store wrote down
      project.markSeen(ip, dayNumber(createdAt));
      if (receipt.newIp) project.tally.received();
    }
  }

  /** Runs an append that does not go through the delivery, with `takeReceipts` at its end. */
  async during<T>(append: () => Promise<T>): Promise<T> {
    this.appends++;
    try {
      return await append();
    } finally {
      this.appends--;
    }
  }

  /** How many addresses a project has: exact for what this process was told, at most a second behind for the rest. */
  count(projectId: number): number {
    return this.seen.of(projectId).count;
  }

  total(): number {
    return this.seen.total();
  }

  /** What GET /stats tells of a project's addresses; the memory is what this process holds to know them. */
  report(projectId: number): AddressReport {
    const { count, bytes } = this.seen.of(projectId);
    return {
      unique_ip_addresses: count,
      estimated_memory_usage_bytes: bytes,
      uptime_seconds: Math.round(process.uptime()),
      counting: this.config.uniqueIps,
    };
  }
}
