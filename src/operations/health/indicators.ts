import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { Cache } from '../../core/ports/cache.js';
import { AccessDelivery, Delivery } from '../../core/ports/delivery.js';
import { LogHealth } from '../../core/ports/log.js';
import { AccessCounter, EventCounter } from '../../core/ports/record-counter.js';
import { AccessStoreHealth, StoreHealth } from '../../core/ports/store-health.js';
import { Readiness } from './readiness.js';

/**
 * A flush takes milliseconds, and a second or two where a checkpoint keeps the disk busy. After ten the store has stopped, and the
 * first of those who wait still has two thirds of REQUEST_TIMEOUT_SECONDS (30) before its 503.
 */
const STALLED_AFTER_MS = 10_000;
/** Records still uncounted so long after they are due: no process counts them, or it cannot keep up. */
const COUNTED_LATE_MS = 60_000;

const WITHOUT_ACCESS =
  'The server is accepting requests, except for access entries: their database cannot be reached or does not accept writes';

/** What the server needs to store and to answer: without it, down. */
@Injectable()
export class StoreIndicators {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly health: StoreHealth,
    private readonly accessHealth: AccessStoreHealth,
    private readonly readiness: Readiness,
  ) {}

  /** Down from the moment that a stop begins. */
  server() {
    const server = this.indicators.check('server');
    return this.readiness.isStopping ? server.down('The server is stopping') : server.up();
  }

  /** @param without what the server is without it. */
  async database(without: 'down' | 'degraded') {
    const database = this.indicators.check('database');
    if (await this.health.isUp()) return database.up();
    const message = 'The database cannot be reached or does not accept writes';
    return without === 'down' ? database.down(message) : database.degraded(message);
  }

  /** @param without the state of the server without it. */
  async accessStore(without: 'down' | 'degraded') {
    const store = this.indicators.check('access_store');
    if (await this.accessHealth.isUp()) return store.up();
    return without === 'down' ? store.down(WITHOUT_ACCESS) : store.degraded(WITHOUT_ACCESS);
  }
}

/** Kafka between HTTP and the stores, where it is used. */
@Injectable()
export class LogIndicators {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly log: LogHealth,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Do accepted records go to Kafka? Then the stores may be away for a while. */
  get takesRecords(): boolean {
    return this.config.ingestMode === 'kafka';
  }

  /** Down while records have nowhere to go; degraded while what is there is not stored. */
  kafka() {
    const kafka = this.indicators.check('kafka');
    const state = this.log.state();
    if (state === 'off') return kafka.up({ isUsed: false });
    const message = 'Kafka cannot be reached or does not accept writes';
    if (state === 'down') return this.takesRecords ? kafka.down(message) : kafka.degraded(message);
    return this.log.isConsumed() ? kafka.up() : kafka.degraded('Nothing of what is in Kafka is being stored');
  }

  warnings(): readonly string[] {
    return this.log.warnings();
  }
}

/** A part that the server can do without, at the cost of speed or capacity: degraded at worst. */
@Injectable()
export class ProgressIndicators {
  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly remoteCache: Cache,
    private readonly delivery: Delivery,
    private readonly accessDelivery: AccessDelivery,
    private readonly eventCounter: EventCounter,
    private readonly accessCounter: AccessCounter,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  cache() {
    const cache = this.indicators.check('cache');
    const state = this.remoteCache.state();
    return state === 'down' ? cache.degraded() : cache.up({ isUsed: state === 'up' });
  }

  /** Degraded while the queue is full, and while none of its records gets stored. */
  queue() {
    const queue = this.indicators.check('queue');
    const isMoving = [this.delivery, this.accessDelivery].every(
      (delivery) =>
        delivery.depth() < this.config.maxInFlightRecords && delivery.stalledMs() < STALLED_AFTER_MS,
    );
    return isMoving ? queue.up() : queue.degraded();
  }

  /** Degraded while records wait for too long, and while no process checks for them. */
  counting() {
    const counting = this.indicators.check('counting');
    const mostMs = this.config.countIntervalS * 1000 + COUNTED_LATE_MS;
    const isKeepingUp = [this.eventCounter, this.accessCounter].every((counter) => {
      const { ageMs, idleMs } = counter.backlog();
      return Math.max(ageMs, idleMs) < mostMs;
    });
    return isKeepingUp ? counting.up() : counting.degraded();
  }
}
