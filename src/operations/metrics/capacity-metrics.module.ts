import type { StatsFs } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Module } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { AccessStoreHealth, StoreHealth } from '../../core/ports/store-health.js';

// Every worker sees the same disks and databases.

/** A database looks at every file of its own to tell its size. */
const KEEP_MS = 60_000;

/** A scrape waits no longer than this: the next one has the answer. */
const PATIENCE_MS = 500;

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
      help: 'Size of the database on disk',
      labelNames: ['store'],
      aggregator,
    }),
  ],
})
export class CapacityMetricsModule {
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

/** Asks databases for their size when scraped, at most once a minute; one that is down keeps its last known size. */
function watchDatabases(gauge: Gauge, stores: Record<string, Pick<StoreHealth, 'sizeBytes'>>): void {
  let askedAtMs = -Infinity;
  const ask = async (store: string, database: Pick<StoreHealth, 'sizeBytes'>): Promise<void> => {
    const bytes = await database.sizeBytes().catch(() => undefined);
    if (bytes !== undefined) gauge.set({ store }, bytes);
  };
  const collect = async (): Promise<void> => {
    if (performance.now() - askedAtMs < KEEP_MS) return;
    askedAtMs = performance.now();
    const answers = Promise.all(Object.entries(stores).map(([store, database]) => ask(store, database)));
    await Promise.race([answers, delay(PATIENCE_MS, undefined, { ref: false })]);
  };
  Object.assign(gauge, { collect });
}

/** Looks at the disks of these folders when scraped; a folder that is not there, or not wanted (''), has no value. */
function watchDisks(gauge: Gauge, folders: Record<string, string>, bytes: (disk: StatsFs) => number): void {
  const wanted = Object.entries(folders).filter(([, path]) => path !== '');
  const look = async (folder: string, path: string): Promise<void> => {
    try {
      gauge.set({ folder }, bytes(await statfs(path)));
    } catch {
      gauge.remove({ folder });
    }
  };
  Object.assign(gauge, { collect: () => Promise.all(wanted.map(([folder, path]) => look(folder, path))) });
}
