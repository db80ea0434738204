import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/access-entry.js';
import { AddressStore, UniqueIpCount } from '../../core/access-store.js';
import { Clock } from '../../core/clock.js';
import { AccessDelivery } from '../../core/delivery.js';
import type { Micros } from '../../core/event.js';
import { CountPoll } from './count-poll.js';
import { KnownAddresses } from './known-addresses.js';

const DAY: Micros = 86_400e6;

/** What GET /stats tells of a project's addresses. */
export interface UniqueIpsReport {
  unique_ip_addresses: number;
  /** What this process holds to know the project's addresses. */
  estimated_memory_usage_bytes: number;
  uptime_seconds: number;
  /** UNIQUE_IPS. */
  counting: Config['uniqueIps'];
}

/**
 * Which addresses the store knows already, and how many there are. One that was noted today costs the store nothing; any
 * other is noted by the store, which tells whether it is new. So the set may be loaded while the server answers already,
 * and need not hear of what other processes note: only of how much they count.
 */
@Injectable()
export class UniqueIps extends UniqueIpCount implements OnModuleInit, OnApplicationShutdown {
  private readonly known: KnownAddresses;
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
    this.known = new KnownAddresses(store, config.uniqueIps, () => dayOf(clock.nowMs() * 1000));
    this.poll = new CountPoll(store, {
      activity: () => (this.delivery.depth() === 0 && this.appends === 0 ? this.receipts : null),
      looked: (counts, quiet) => this.known.looked(counts, quiet),
    });
  }

  /** Knows the counts, as far as the store can be reached; the addresses follow. */
  async onModuleInit(): Promise<void> {
    this.background = this.known.load(this.stopping.signal);
    await this.poll.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.poll.stop(), this.background]);
  }

  /** Must an entry with this canonical address be appended with `noteIp`? */
  mustNote(projectId: number, ip: string): boolean {
    return this.known.of(projectId).mustNote(ip);
  }

  /** Takes what the store answered to entries of an append. */
  noted(entries: readonly NewAccessEntry[], receipts: readonly AccessReceipt[]): void {
    this.receipts++;
    for (let i = 0; i < receipts.length; i++) {
      const { projectId, ip, noteIp, createdAt } = entries[i];
      const receipt = receipts[i];
      if (!noteIp || ip === null || receipt.outcome !== 'stored') continue;
      const project = this.known.of(projectId);
      // the day that the store wrote down
      project.noted(ip, dayOf(createdAt));
      if (receipt.newIp) project.tally.received();
    }
  }

  /** Runs an append that does not go through the delivery, with `noted` at its end. */
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
    return this.known.of(projectId).count;
  }

  total(): number {
    return this.known.total();
  }

  report(projectId: number): UniqueIpsReport {
    const { count, bytes } = this.known.of(projectId);
    return {
      unique_ip_addresses: count,
      estimated_memory_usage_bytes: bytes,
      uptime_seconds: Math.round(process.uptime()),
      counting: this.config.uniqueIps,
    };
  }
}

/** Days since the epoch, UTC. */
function dayOf(time: Micros): number {
  return Math.floor(time / DAY);
}
