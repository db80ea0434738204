/** `GET /api/v1/system`: the whole server, all projects and processes. Counters run since the start. */
export interface SystemAnswer {
  version: string;
  uptime_seconds: number;
  workers: number;
  services: Record<string, ServiceState>;
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
  cache: { hits: number; misses: number };
  /** null while a database is away. */
  storage: { database_bytes: number; tables: StoredTable[] } | null;
}

export interface StoredTable {
  store: string;
  name: string;
  bytes: number;
  rows_estimated: number;
  partitions: { name: string; day: string; bytes: number; rows_estimated: number }[];
}

export type ServiceState = 'healthy' | 'degraded' | 'unhealthy' | 'disabled';

/** `GET /health`: what anybody may know. */
export interface HealthAnswer {
  status: Exclude<ServiceState, 'disabled'>;
  version: string;
  /** Seconds. */
  uptime: number;
  unique_ip_count: number;
  services: Record<string, ServiceState>;
}

export const COUNTERS = [
  'stored',
  'duplicate',
  'rejected',
  'entries',
  'entriesRejected',
  'requests',
] as const;
export type Counter = (typeof COUNTERS)[number];

/** The counters whose rates the page shows. */
export function countersOf({ ingest, requests }: SystemAnswer): Record<Counter, number> {
  return {
    stored: ingest.events.stored,
    duplicate: ingest.events.duplicate,
    rejected: ingest.events.rejected,
    entries: ingest.access_entries.stored,
    entriesRejected: ingest.access_entries.rejected,
    requests: requests.count,
  };
}

/** Of all questions to the cache, in percent; null before the first. */
export function hitPercent({ hits, misses }: SystemAnswer['cache']): number | null {
  return hits + misses === 0 ? null : (hits / (hits + misses)) * 100;
}
