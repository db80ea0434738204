import { Module } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { AccessMaintenance } from '../core/access-maintenance.js';
import { AddressStore } from '../core/access-store.js';
import { AuditStore } from '../core/audit.js';
import { Clock } from '../core/clock.js';
import { ProjectStore } from '../core/project-store.js';
import { SessionStore } from '../core/session-store.js';
import { StoreMaintenance } from '../core/store-maintenance.js';
import { jobsOf } from './jobs.js';
import { MaintenanceScheduler } from './scheduler.js';

/** Partitions, retention and rollups. Started and stopped by whoever starts the application. */
@Module({
  providers: [
    {
      provide: MaintenanceScheduler,
      inject: [
        StoreMaintenance,
        AccessMaintenance,
        AddressStore,
        ProjectStore,
        SessionStore,
        AuditStore,
        Clock,
        CONFIG,
      ],
      useFactory: (
        events: StoreMaintenance,
        access: AccessMaintenance,
        addresses: AddressStore,
        projects: ProjectStore,
        sessions: SessionStore,
        audit: AuditStore,
        clock: Clock,
        config: Config,
      ) => {
        const stores = { events, access, addresses, projects, sessions, audit };
        return new MaintenanceScheduler(events, jobsOf(stores, clock, config));
      },
    },
  ],
  exports: [MaintenanceScheduler],
})
export class MaintenanceModule {}
