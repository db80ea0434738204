import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { ArchiveModule } from './archive/archive.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CacheModule } from './cache/cache.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Config } from './config/settings.js';
import { DashboardModule } from './dashboard/dashboard.module.js';
import { DeadLettersModule } from './dead-letters/dead-letters.module.js';
import { DeliveryModule } from './delivery/delivery.module.js';
import { DemoModule } from './demo/demo.module.js';
import { EventsModule } from './events/events.module.js';
import { LiveModule } from './live/live.module.js';
import { MaintenanceModule } from './maintenance/maintenance.module.js';
import { HealthModule } from './operations/health/health.module.js';
import { CapacityMetricsModule } from './operations/metrics/capacity-metrics.module.js';
import { MetricsModule } from './operations/metrics/metrics.module.js';
import { SystemModule } from './operations/system/system.module.js';
import { RateLimitModule } from './rate-limit/rate-limit.module.js';
import { StatsModule } from './stats/stats.module.js';
import type { Connections } from './storage/connections.js';
import { StorageModule } from './storage/storage.module.js';

/** The whole server, put together. */
@Module({})
export class AppModule {
  static register(config: Config, connections: Connections): DynamicModule {
    const health = HealthModule.register(config);
    return {
      module: AppModule,
      imports: [
        ...foundation(config, connections),
        DeliveryModule.register(config),
        AuditModule,
        EventsModule,
        LiveModule,
        StatsModule,
        AccessModule,
        DeadLettersModule,
        ArchiveModule,
        CapacityMetricsModule,
        DashboardModule,
        DemoModule,
        health,
        SystemModule.register(health),
      ],
    };
  }
}

/** `sightline worker`: what takes records from Kafka into the stores, with its health and metrics. */
@Module({})
export class WorkerModule {
  static register(config: Config, connections: Connections): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        ...foundation(config, connections),
        DeliveryModule.register(config, true),
        HealthModule.register(config),
      ],
    };
  }
}

function foundation(config: Config, connections: Connections) {
  return [
    ConfigModule.register(config),
    MetricsModule.register(config),
    StorageModule.register(connections, config),
    CacheModule,
    // The order of the guards: who is asking, then how often.
    AuthModule,
    RateLimitModule,
    MaintenanceModule,
  ];
}
