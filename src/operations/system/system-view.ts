import type { Cache } from '../../core/cache.js';
import type { HealthReport } from '../health/health.service.js';

interface Sizes {
  name: string;
  /** With indexes. */
  bytes: number;
  rows_estimated: number;
}

export interface StorageView {
  database_bytes: number;
  tables: (Sizes & { store: string; partitions: (Sizes & { day: string })[] })[];
}

/** GET /api/v1/system. Counters run since the start of the server; percentiles are over all that time, null where nothing was timed. */
export interface SystemView {
  version: string;
  uptime_seconds: number;
  workers: number;
  services: HealthReport['services'];
  ingest: {
    events: { stored: number; duplicate: number; rejected: number };
    access_entries: { stored: number; rejected: number };
  };
  queue: { depth: number; limit: number };
  flush: {
    count: number;
    rows: number;
    seconds_total: number;
    p50_ms: number | null;
    p95_ms: number | null;
    p99_ms: number | null;
  };
  requests: { count: number; errors_5xx: number; p95_ms: number | null };
  cache: { hits: number; misses: number; state: ReturnType<Cache['state']> };
  /** null while a database is away. */
  storage: StorageView | null;
}
