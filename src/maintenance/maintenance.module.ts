import { Module } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { Clock } from '../core/clock.js';
import { StoreMaintenance } from '../core/store-maintenance.js';
import { jobsOf } from './jobs.js';
import { MaintenanceScheduler } from './scheduler.js';

/** Partitions, retention and rollups. Started and stopped by whoever starts the application. */
@Module({
  providers: [
    {
      provide: MaintenanceScheduler,
      inject: [StoreMaintenance, Clock, CONFIG],
      useFactory: (store: StoreMaintenance, clock: Clock, config: Config) =>
        new MaintenanceScheduler(store, jobsOf(store, clock, config)),
    },
  ],
  exports: [MaintenanceScheduler],
})
export class MaintenanceModule {}
