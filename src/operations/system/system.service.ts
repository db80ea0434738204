import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import { version } from '../../config/package.js';
import type { Config } from '../../config/settings.js';
import { Cache } from '../../core/ports/cache.js';
import { AccessStoreHealth, StoreHealth } from '../../core/ports/store-health.js';
import { AccessStoreTables, StoreTables, type StoredTable } from '../../core/ports/store-tables.js';
import { HealthService } from '../health/health.service.js';
import { readAll } from '../metrics/cluster-metrics.js';
import { MetricSums, quantile } from '../metrics/metric-sums.js';
import type { StorageView, SystemView } from './system.dto.js';

/** The catalog of a database with a hundred partitions takes some milliseconds, and many may be looking. */
const STORAGE_KEPT_MS = 5_000;
/** Of records that are taken in and not yet stored: events and access entries, each with a bound of its own. */
const KINDS = 2;

/** What an operator wants to know of the server: all projects, all its workers. */
@Injectable()
export class SystemService {
  constructor(
    private readonly health: HealthService,
    private readonly cache: Cache,
    private readonly store: StoreHealth,
    private readonly accessStore: AccessStoreHealth,
    private readonly tables: StoreTables,
    private readonly accessTables: AccessStoreTables,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async view(): Promise<SystemView> {
    const [{ workers, uptimeS, metrics }, { services }, storage] = await Promise.all([
      readAll(),
      this.health.report(),
      this.storage(),
    ]);
    const sums = new MetricSums(metrics);
    return {
      version,
      uptime_seconds: Math.round(uptimeS),
      workers,
      services,
      ...countsOf(sums),
      queue: {
        depth: sums.total('ingest_queue_depth'),
        limit: this.config.maxInFlightRecords * KINDS * workers,
      },
      cache: { ...cacheCounts(sums), state: this.cache.state() },
      storage,
    };
  }

  // null while a database is away: the rest can be told all the same.
  private async storage(): Promise<StorageView | null> {
    const read = () => this.readStorage();
    return this.cache.getOrSerialize('system', 'storage', STORAGE_KEPT_MS, read).then(
      ({ json }) => JSON.parse(json) as StorageView,
      () => null,
    );
  }

  private async readStorage(): Promise<StorageView> {
    const isOne = this.tables === this.accessTables;
    const [bytes, accessBytes, tables, accessTables] = await Promise.all([
      this.store.sizeBytes(),
      isOne ? 0 : this.accessStore.sizeBytes(),
      this.tables.tables(),
      isOne ? [] : this.accessTables.tables(),
    ]);
    return { database_bytes: bytes + accessBytes, tables: [...tables, ...accessTables].map(tableView) };
  }
}

function countsOf(sums: MetricSums) {
  const flushes = sums.histogram('ingest_flush_duration_seconds');
  const requests = sums.histogram('http_request_duration_seconds');
  const ms = (seconds: number | null) => (seconds === null ? null : seconds * 1000);
  return {
    ingest: {
      events: {
        stored: sums.total('logs_ingested_total'),
        duplicate: sums.total('duplicate_events_total'),
        rejected: sums.total('logs_rejected_total'),
      },
      access_entries: {
        stored: sums.total('access_logs_ingested_total'),
        rejected: sums.total('access_logs_rejected_total'),
      },
    },
    flush: {
      count: flushes.count,
      rows: sums.histogram('ingest_flush_rows').sum,
      seconds_total: flushes.sum,
      p50_ms: ms(quantile(flushes, 0.5)),
      p95_ms: ms(quantile(flushes, 0.95)),
      p99_ms: ms(quantile(flushes, 0.99)),
    },
    requests: {
      count: sums.total('http_requests_total'),
      errors_5xx: sums.total('http_requests_total', ({ status }) => Number(status) >= 500),
      p95_ms: ms(quantile(requests, 0.95)),
    },
  };
}

function cacheCounts(sums: MetricSums) {
  const all = sums.total('cache_requests_total');
  const hits = sums.total('cache_requests_total', ({ result }) => result === 'hit');
  return { hits, misses: all - hits };
}

function tableView({ store, name, bytes, rowsEstimated, partitions }: StoredTable) {
  return {
    store,
    name,
    bytes,
    rows_estimated: rowsEstimated,
    partitions: partitions.map((part) => ({
      name: part.name,
      day: part.day,
      bytes: part.bytes,
      rows_estimated: part.rowsEstimated,
    })),
  };
}
