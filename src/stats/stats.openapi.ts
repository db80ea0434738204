import { ApiCachedAnswer } from '../http/query/caching.js';
import { ApiAnswer } from '../http/query/openapi.js';
import {
  integer,
  listOf,
  number,
  enumOf,
  record,
  text,
  time,
  latencyValues,
  seriesOf,
  topOf,
} from '../http/query/schemas.js';
import { EVENT_TYPES } from '../core/event.js';
import { TOP_DIMENSIONS } from '../core/event-stats.js';

const METRICS = {
  total_logs: 1_204_311,
  logs_last_hour: 5210,
  logs_last_day: 98_117,
  average_latency_ms: 84.2,
  error_rate_percent: 1.7,
  active_sessions: 311,
  active_users: 290,
  top_event_types: [{ event_type: 'behavioral', count: 800_112 }],
};

const metrics = record(
  {
    total_logs: integer,
    logs_last_hour: integer,
    logs_last_day: integer,
    average_latency_ms: number,
    error_rate_percent: number,
    active_sessions: integer,
    active_users: integer,
    top_event_types: listOf(record({ event_type: enumOf(EVENT_TYPES), count: integer })),
  },
  { title: 'EventMetrics' },
);

export function ApiMetrics() {
  return ApiCachedAnswer({
    description: 'Counts by timestamp',
    message: 'Metrics retrieved successfully',
    data: metrics,
    example: METRICS,
  });
}

export function ApiStatus() {
  return ApiAnswer({
    description: 'Also while the database is away: then metrics are null',
    message: 'Status retrieved successfully',
    data: record({
      service: record({ name: text, version: text, uptime: integer, started_at: time }),
      database: record({ status: enumOf(['up', 'down']), total_logs: { type: ['integer', 'null'] } }),
      metrics: { anyOf: [metrics, { type: 'null' }] },
    }),
    example: {
      service: { name: 'sightline', version: '0.1.0', uptime: 3600, started_at: '2026-11-20T09:00:00.000Z' },
      database: { status: 'up', total_logs: METRICS.total_logs },
      metrics: METRICS,
    },
  });
}

const statsData = {
  oneOf: [
    seriesOf(['logs', 'users', 'sessions'], { count: integer }, { grouped: true }),
    seriesOf(['errors'], { count: integer, total: integer, rate: number }, { grouped: true }),
    seriesOf(['latency'], latencyValues, { grouped: true }),
  ],
};

export function ApiStats() {
  const description = `A series and its totals. \`time\` is a bucket's beginning; only what is in [from, to) counts.
logs, users, sessions: count. errors: count, total, rate (percent). latency: count, avg, p50, p95, p99, max (milliseconds; percentiles within 1 %).
Users and sessions are exact below 10,000 and in windows under an hour, else within 2 %. Grouped series omit zeros.`;
  return ApiCachedAnswer({
    description,
    message: 'Stats retrieved successfully',
    data: statsData,
    example: {
      type: 'errors',
      from: '2026-11-19T10:00:00.000Z',
      to: '2026-11-20T10:00:00.000Z',
      interval: '1h',
      timezone: 'UTC',
      series: [{ time: '2026-11-19T10:00:00.000Z', count: 3, total: 200, rate: 1.5 }],
      totals: { count: 70, total: 4800, rate: 1.4583333333333333 },
      warnings: [],
    },
  });
}

export function ApiTop() {
  const description = `Events by one value, most frequent first. \`errors\`: those of type error; \`avg_ms\`, \`max_ms\`: of \`properties.duration_ms\`, null where nothing was timed.
\`total\`: all events of the window; \`other\`: those of the values that are not listed. A value of \`""\`: events without one.`;
  return ApiCachedAnswer({
    description,
    message: 'Top values retrieved successfully',
    data: topOf(TOP_DIMENSIONS),
    example: {
      by: 'event_name',
      from: '2026-11-19T10:00:00.000Z',
      to: '2026-11-20T10:00:00.000Z',
      values: [{ value: 'checkout', count: 4100, errors: 12, avg_ms: 84.2, max_ms: 1900 }],
      other: 700,
      total: 4800,
      warnings: [],
    },
  });
}
