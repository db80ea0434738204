import { Module } from '@nestjs/common';
import { getToken, makeCounterProvider } from '@willsoto/nestjs-prometheus';
import type { Counter } from 'prom-client';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { AccessReader } from '../core/ports/access-reader.js';
import { AccessHours, AccessStats } from '../core/ports/access-stats.js';
import { Clock } from '../core/ports/clock.js';
import { ProjectStore } from '../core/ports/project-store.js';
import { StoreMaintenance } from '../core/ports/store-maintenance.js';
import { lockFile } from '../storage/file-lock.js';
import { ArchiveScheduler, archiveJob } from './archive-scheduler.js';
import { Archive } from './archive.js';
import { FolderLease } from './folder-lease.js';

const METRIC = 'aggregation_runs_total';

/** The hourly files of access entries, where the settings name a folder for them. */
@Module({
  providers: [
    makeCounterProvider({ name: METRIC, help: 'Runs that brought the hourly files up to date' }),
    {
      provide: Archive,
      inject: [CONFIG, AccessHours, AccessReader, AccessStats, ProjectStore, Clock],
      useFactory: (
        config: Config,
        hours: AccessHours,
        entries: AccessReader,
        stats: AccessStats,
        projects: ProjectStore,
        clock: Clock,
      ) => new Archive(config.archiveDir, { hours, entries, stats, projects, clock }),
    },
    {
      provide: FolderLease,
      inject: [CONFIG, StoreMaintenance],
      useFactory: (config: Config, store: StoreMaintenance) =>
        new FolderLease(config.archiveDir, store, lockFile),
    },
    {
      provide: ArchiveScheduler,
      inject: [CONFIG, Archive, FolderLease, getToken(METRIC)],
      useFactory: (config: Config, archive: Archive, lease: FolderLease, runs: Counter) => {
        const job = archiveJob(archive, lease, config.aggregationIntervalS * 1000, runs);
        return new ArchiveScheduler(lease, config.archiveDir === '' ? [] : [job]);
      },
    },
  ],
  exports: [Archive, FolderLease, ArchiveScheduler],
})
export class ArchiveModule {}
