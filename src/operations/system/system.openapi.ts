import { ApiAnswer } from '../../http/query/openapi.js';
import { integer, listOf, millisOrNull, number, enumOf, record, text } from '../../http/query/schemas.js';
import { services } from '../health/health.openapi.js';
import type { SystemView } from './system-view.js';

const EXAMPLE: SystemView = {
  version: '0.1.0',
  uptime_seconds: 3600,
  workers: 2,
  services: {
    database: 'healthy',
    access_store: 'healthy',
    cache: 'disabled',
    queue: 'healthy',
    counting: 'healthy',
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

const sizes = {
  name: text,
  bytes: { ...integer, description: 'With indexes' },
  rows_estimated: integer,
};

const storage = record({
  database_bytes: integer,
  tables: listOf(record({ store: text, ...sizes, partitions: listOf(record({ ...sizes, day: text })) })),
});

const view = record({
  version: text,
  uptime_seconds: integer,
  workers: integer,
  services,
  ingest: record({
    events: record({ stored: integer, duplicate: integer, rejected: integer }),
    access_entries: record({ stored: integer, rejected: integer }),
  }),
  queue: record({ depth: integer, limit: integer }),
  flush: record({
    count: integer,
    rows: integer,
    seconds_total: number,
    p50_ms: millisOrNull,
    p95_ms: millisOrNull,
    p99_ms: millisOrNull,
  }),
  requests: record({ count: integer, errors_5xx: integer, p95_ms: millisOrNull }),
  cache: record({ hits: integer, misses: integer, state: enumOf(['up', 'down', 'off']) }),
  storage: { anyOf: [storage, { type: 'null' }] },
});

/** 200 with the view. */
export function ApiSystem() {
  const description = `Of all projects and all workers of this server. Counters run since its start: two answers give a rate. Percentiles are estimates over the same time, null where nothing was timed.
\`queue.limit\`: records that may be taken in and not yet stored, of events and access entries together. \`cache.state\`: of Redis; \`off\` without one, when each process has a cache of its own. \`storage\`: from the catalog, kept 5 s; null while a database is away.`;
  return ApiAnswer({ description, message: 'System retrieved successfully', data: view, example: EXAMPLE });
}
