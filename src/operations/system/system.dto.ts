import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import type { Cache } from '../../core/ports/cache.js';
import { ServiceStates } from '../health/health.dto.js';

class EventCounts {
  @ApiProperty({ type: 'integer' }) stored: number;
  @ApiProperty({ type: 'integer' }) duplicate: number;
  @ApiProperty({ type: 'integer' }) rejected: number;
}

class AccessEntryCounts {
  @ApiProperty({ type: 'integer' }) stored: number;
  @ApiProperty({ type: 'integer' }) rejected: number;
}

class IngestCounts {
  events: EventCounts;
  access_entries: AccessEntryCounts;
}

/** Records that are taken in and not yet stored, of events and access entries together, and how many there may be. */
class Queue {
  @ApiProperty({ type: 'integer' }) depth: number;
  @ApiProperty({ type: 'integer' }) limit: number;
}

class Flushes {
  @ApiProperty({ type: 'integer' }) count: number;
  @ApiProperty({ type: 'integer' }) rows: number;
  seconds_total: number;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
}

class Requests {
  @ApiProperty({ type: 'integer' }) count: number;
  @ApiProperty({ type: 'integer' }) errors_5xx: number;
  p95_ms: number | null;
}

class CacheUse {
  @ApiProperty({ type: 'integer' }) hits: number;
  @ApiProperty({ type: 'integer' }) misses: number;

  /** Of Redis; `off` without one, when each process has a cache of its own. */
  @ApiProperty({ enum: ['up', 'down', 'off'] }) state: ReturnType<Cache['state']>;
}

class Sizes {
  name: string;

  /** With indexes. */
  @ApiProperty({ type: 'integer' }) bytes: number;

  @ApiProperty({ type: 'integer' }) rows_estimated: number;
}

class PartitionSizes extends Sizes {
  day: string;
}

class TableSizes extends Sizes {
  store: string;
  partitions: PartitionSizes[];
}

/** From the catalog, kept 5 s. */
@ApiSchema({ name: 'Storage' })
export class StorageView {
  @ApiProperty({ type: 'integer' }) database_bytes: number;
  tables: TableSizes[];
}

/** Counters run since the start of the server; percentiles are over all that time, null where nothing was timed. */
@ApiSchema({ name: 'System' })
export class SystemView {
  version: string;
  @ApiProperty({ type: 'integer' }) uptime_seconds: number;
  @ApiProperty({ type: 'integer' }) workers: number;
  services: ServiceStates;
  ingest: IngestCounts;
  queue: Queue;
  flush: Flushes;
  requests: Requests;
  cache: CacheUse;

  /** null while a database is away. */
  storage: StorageView | null;
}

export const EXAMPLE: SystemView = {
  version: '0.1.0',
  uptime_seconds: 3600,
  workers: 2,
  services: {
    database: 'healthy',
    access_store: 'healthy',
    cache: 'disabled',
    queue: 'healthy',
    counting: 'healthy',
    kafka: 'disabled',
  },
  ingest: {
    events: { stored: 98_117, duplicate: 12, rejected: 3 },
    access_entries: { stored: 311_400, rejected: 0 },
  },
  queue: { depth: 0, limit: 80_000 },
  flush: { count: 4100, rows: 409_517, seconds_total: 61.2, p50_ms: 11.5, p95_ms: 34.8, p99_ms: 61.2 },
  requests: { count: 5210, errors_5xx: 0, p95_ms: 23.9 },
  cache: { hits: 800, misses: 120, state: 'off' },
  storage: {
    database_bytes: 812_646_400,
    tables: [
      {
        store: 'postgres',
        name: 'events',
        bytes: 612_646_400,
        rows_estimated: 98_117,
        partitions: [
          { name: 'events_20261120', day: '2026-11-20', bytes: 612_646_400, rows_estimated: 98_117 },
        ],
      },
    ],
  },
};
