import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  type HealthCheckResult,
  type HealthCheckStatus,
  type HealthIndicatorFunction,
  type HealthIndicatorStatus,
} from '@nestjs/terminus';
import { version } from '../../config/package.js';
import { UniqueIpCount } from '../../core/ports/access-store.js';
import { Clock } from '../../core/ports/clock.js';
import type { HealthView, ServiceState } from './health.dto.js';
import { LogIndicators, ProgressIndicators, StoreIndicators } from './indicators.js';

/** What Terminus says of all, and of each indicator, in the words of the report. */
const OVERALL: Record<HealthCheckStatus, HealthView['status']> = {
  ok: 'healthy',
  degraded: 'degraded',
  error: 'unhealthy',
  shutting_down: 'unhealthy',
};
const STATE: Record<HealthIndicatorStatus, ServiceState> = {
  up: 'healthy',
  degraded: 'degraded',
  down: 'unhealthy',
};

/** What works and what does not, as the indicators have it. */
@Injectable()
export class HealthService {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly stores: StoreIndicators,
    private readonly progress: ProgressIndicators,
    private readonly log: LogIndicators,
    private readonly uniqueIps: UniqueIpCount,
    private readonly clock: Clock,
  ) {}

  /** Unhealthy without a store: its records can be neither stored nor queried. Degraded where they wait in Kafka meanwhile. */
  async report(): Promise<HealthView> {
    // With Kafka in between, what comes in waits there.
    const without = this.log.takesRecords ? 'degraded' : 'down';
    const { status, details } = await this.check([
      () => this.stores.database(without),
      () => this.stores.accessStore(without),
      () => this.progress.cache(),
      () => this.progress.queue(),
      () => this.progress.counting(),
      () => this.log.kafka(),
    ]);
    const warnings = this.log.warnings();
    return {
      status: OVERALL[status],
      ...this.identity(),
      unique_ip_count: this.uniqueIps.total(),
      services: {
        database: STATE[details.database.status],
        access_store: STATE[details.access_store.status],
        cache: details.cache.isUsed === false ? 'disabled' : STATE[details.cache.status],
        queue: STATE[details.queue.status],
        counting: STATE[details.counting.status],
        kafka: details.kafka.isUsed === false ? 'disabled' : STATE[details.kafka.status],
      },
      ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
    };
  }

  /**
   * Ready while the database of events and keys accepts writes, or Kafka, where records go there. If only the separate database
   * of access entries is down, everything else still works: taken out of the balancer the server could do nothing, and the same
   * would befall every other one.
   */
  async ready(): Promise<{ ready: boolean; message: string }> {
    const { status, error, details } = await this.check([
      () => this.stores.server(),
      ...(this.log.takesRecords
        ? [() => this.log.kafka()]
        : [() => this.stores.database('down'), () => this.stores.accessStore('degraded')]),
    ]);
    const [down] = Object.values(error ?? {});
    const message = (down ?? details.access_store)?.message as string | undefined;
    return {
      ready: status === 'ok' || status === 'degraded',
      message: message ?? 'The server is accepting requests',
    };
  }

  alive(): { alive: true; uptime: number; version: string } {
    const { uptime } = this.identity();
    return { alive: true, uptime, version };
  }

  // Terminus throws where something is down, with its result as the body; ours looks different.
  private check(indicators: HealthIndicatorFunction[]): Promise<HealthCheckResult> {
    return this.checks.check(indicators).catch((error: unknown) => {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    });
  }

  private identity() {
    return {
      timestamp: new Date(this.clock.nowMs()).toISOString(),
      version,
      uptime: Math.round(process.uptime()),
    };
  }
}
