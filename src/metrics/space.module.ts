import { Inject, Module } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { AccessStoreHealth, StoreHealth } from '../core/store-health.js';
import { watchDatabases } from './space/databases.js';
import { watchDisks } from './space/disks.js';

// Every worker sees the same disks and databases.
const aggregator = 'max';

/** What there is room for: the disks that the server writes to, and the databases. Needs a `StoreHealth` and an `AccessStoreHealth`. */
@Module({
  providers: [
    makeGaugeProvider({
      name: 'disk_free_bytes',
      help: 'Free space of the disk that a folder of the server is on',
      labelNames: ['folder'],
      aggregator,
    }),
    makeGaugeProvider({
      name: 'disk_size_bytes',
      help: 'Size of that disk',
      labelNames: ['folder'],
      aggregator,
    }),
    makeGaugeProvider({
      name: 'database_size_bytes',
      help: 'What the database takes on its disk',
      labelNames: ['store'],
      aggregator,
    }),
  ],
})
export class SpaceModule {
  constructor(
    @InjectMetric('disk_free_bytes') free: Gauge,
    @InjectMetric('disk_size_bytes') size: Gauge,
    @InjectMetric('database_size_bytes') databases: Gauge,
    @Inject(CONFIG) config: Config,
    events: StoreHealth,
    access: AccessStoreHealth,
  ) {
    const folders = { data: config.dataDir, archive: config.archiveDir };
    watchDisks(free, folders, ({ bavail, bsize }) => bavail * bsize);
    watchDisks(size, folders, ({ blocks, bsize }) => blocks * bsize);
    watchDatabases(
      databases,
      config.accessStore === 'mysql' ? { postgres: events, mysql: access } : { postgres: events },
    );
  }
}
