import { Module } from '@nestjs/common';
import { getToken, InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { Clock } from '../core/ports/clock.js';
import { AccessCounter, EventCounter } from '../core/ports/record-counter.js';
import { FoldedNames } from './folded-names.js';
import { jobsOf, MaintainedStores } from './jobs.js';
import { MaintenanceScheduler } from './scheduler.js';

/** Partitions, retention and rollups. Started and stopped by whoever starts the application. */
@Module({
  providers: [
    makeCounterProvider({
      name: 'rollup_folded_records_total',
      help: 'Records counted as (other) because their day had no room for more names (ROLLUP_MAX_NAMES)',
      labelNames: ['dimension'],
    }),
    makeGaugeProvider({
      name: 'uncounted_records',
      help: 'Records stored and not yet in the rollups; answers include them all the same',
      labelNames: ['kind'],
      aggregator: 'max',
    }),
    makeGaugeProvider({
      name: 'uncounted_seconds',
      help: 'How long the oldest of them has been waiting',
      labelNames: ['kind'],
      aggregator: 'max',
    }),
    MaintainedStores,
    {
      provide: MaintenanceScheduler,
      inject: [MaintainedStores, getToken('rollup_folded_records_total'), Clock, CONFIG],
      useFactory: (stores: MaintainedStores, counter: Counter, clock: Clock, config: Config) => {
        const folded = new FoldedNames(counter, stores.projects);
        return new MaintenanceScheduler(stores.events, jobsOf(stores, folded, clock, config));
      },
    },
  ],
  exports: [MaintenanceScheduler],
})
export class MaintenanceModule {
  constructor(
    events: EventCounter,
    access: AccessCounter,
    @InjectMetric('uncounted_records') records: Gauge,
    @InjectMetric('uncounted_seconds') seconds: Gauge,
  ) {
    const backlogs = () => [['event', events.backlog()] as const, ['access', access.backlog()] as const];
    // read when scraped: nothing to keep up with in between
    Object.assign(records, {
      collect: () => backlogs().forEach(([kind, backlog]) => records.set({ kind }, backlog.records)),
    });
    Object.assign(seconds, {
      collect: () => backlogs().forEach(([kind, { ageMs }]) => seconds.set({ kind }, ageMs / 1000)),
    });
  }
}
