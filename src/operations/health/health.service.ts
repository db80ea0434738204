import { Inject, Injectable } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { CONFIG } from '../../config/config.module.js';
import { version } from '../../config/package.js';
import type { Config } from '../../config/settings.js';
import { Cache } from '../../core/cache.js';
import { Clock } from '../../core/clock.js';
import { AccessDelivery, Delivery } from '../../core/delivery.js';
import { AccessCounter, EventCounter } from '../../core/record-counter.js';
import { AccessStoreHealth, StoreHealth } from '../../core/store-health.js';
import { UniqueIpCount } from '../../core/access-store.js';
import { Readiness } from './readiness.js';

type ServiceState = 'healthy' | 'degraded' | 'unhealthy' | 'disabled';

export interface HealthReport {
  status: Exclude<ServiceState, 'disabled'>;
  timestamp: string;
  version: string;
  /** Seconds since the start. */
  uptime: number;
  /** Addresses that access entries came from, over all projects. */
  unique_ip_count: number;
  /** `access_store` is the database again, unless ACCESS_STORE=mysql. */
  services: Record<'database' | 'access_store' | 'cache' | 'queue' | 'counting', ServiceState>;
}

const LATE_MS = 60_000;

/** What works and what does not. */
@Injectable()
export class HealthService {
  /** Records that wait longer have nobody who counts them, or one who cannot keep up. */
  private readonly mostUncountedMs: number;

  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly store: StoreHealth,
    private readonly accessStore: AccessStoreHealth,
    private readonly cache: Cache,
    private readonly delivery: Delivery,
    private readonly accessDelivery: AccessDelivery,
    private readonly eventCounter: EventCounter,
    private readonly accessCounter: AccessCounter,
    private readonly uniqueIps: UniqueIpCount,
    private readonly readiness: Readiness,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.mostUncountedMs = config.countIntervalS * 1000 + LATE_MS;
  }

  /** Without a store its records cannot be stored or asked for: unhealthy. Without Redis, with a full queue, or with counting far behind: degraded. */
  async report(): Promise<HealthReport> {
    const { details } = await this.checks.check([
      () => this.indicate('database', reached(this.store)),
      () => this.indicate('access_store', reached(this.accessStore)),
      () => this.indicate('cache', this.cacheState()),
      () => this.indicate('queue', this.queue()),
      () => this.indicate('counting', this.counting()),
    ]);
    const stateOf = (name: string) => details[name].state as ServiceState;
    const services = {
      database: stateOf('database'),
      access_store: stateOf('access_store'),
      cache: stateOf('cache'),
      queue: stateOf('queue'),
      counting: stateOf('counting'),
    };
    return {
      status: worst(Object.values(services)),
      ...this.identity(),
      unique_ip_count: this.uniqueIps.total(),
      services,
    };
  }

  /**
   * Ready while the database of events and keys takes writes. Where access entries have one of their own, and that is away, all
   * else goes on: out of a balancer, the server could do nothing at all, and neither could any other.
   */
  async ready(): Promise<{ ready: boolean; message: string }> {
    if (this.readiness.isStopping) return { ready: false, message: 'The server is stopping' };
    const [isUp, isAccessUp] = await Promise.all([this.store.isUp(), this.accessStore.isUp()]);
    if (!isUp) return { ready: false, message: 'The database cannot be reached or does not accept writes' };
    if (!isAccessUp)
      return {
        ready: true,
        message:
          'The server is accepting requests, except for access entries: their database cannot be reached or does not accept writes',
      };
    return { ready: true, message: 'The server is accepting requests' };
  }

  alive(): { alive: true; uptime: number; version: string } {
    const { uptime } = this.identity();
    return { alive: true, uptime, version };
  }

  // Terminus would answer 503 for anything down; which part is worth that is decided above.
  private async indicate(name: string, state: Promise<ServiceState>): Promise<HealthIndicatorResult> {
    return this.indicators.check(name).up({ state: await state });
  }

  private cacheState(): Promise<ServiceState> {
    const state = this.cache.state();
    return Promise.resolve(state === 'off' ? 'disabled' : state === 'up' ? 'healthy' : 'degraded');
  }

  private queue(): Promise<ServiceState> {
    const most = Math.max(this.delivery.depth(), this.accessDelivery.depth());
    return Promise.resolve(most < this.config.maxInFlightRecords ? 'healthy' : 'degraded');
  }

  private counting(): Promise<ServiceState> {
    const longestMs = Math.max(this.eventCounter.backlog().ageMs, this.accessCounter.backlog().ageMs);
    return Promise.resolve(longestMs < this.mostUncountedMs ? 'healthy' : 'degraded');
  }

  private identity() {
    return {
      timestamp: new Date(this.clock.nowMs()).toISOString(),
      version,
      uptime: Math.round(process.uptime()),
    };
  }
}

async function reached(store: StoreHealth): Promise<ServiceState> {
  return (await store.isUp()) ? 'healthy' : 'unhealthy';
}

function worst(states: ServiceState[]): HealthReport['status'] {
  return (['unhealthy', 'degraded'] as const).find((state) => states.includes(state)) ?? 'healthy';
}
