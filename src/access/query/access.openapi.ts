import { ApiResponse } from '@nestjs/swagger';
import { cacheHeaders } from '../../http/query/caching.js';
import {
  integer,
  listOf,
  mapOf,
  millisOrNull,
  enumOf,
  orNull,
  record,
  text,
  time,
} from '../../http/query/schemas.js';
import { METHODS } from '../../core/access-entry.js';

const entry = record(
  {
    id: integer,
    Timestamp: time,
    IP: orNull(text),
    Method: orNull(enumOf(METHODS)),
    Path: orNull(text),
    Status: orNull(integer),
    LatencyMs: millisOrNull,
    UserAgent: orNull(text),
  },
  { title: 'StoredAccessEntry' },
);

const warnings = listOf(
  text,
  'Parameters that were ignored, and whether the page ends early; absent if there are none',
);

const meta = record(
  {
    total: { ...orNull(integer), description: 'null with count=none' },
    total_estimated: { type: 'boolean', const: true, description: 'Only there when total is an estimate' },
    limit: integer,
    offset: integer,
    next_cursor: { ...orNull(text), description: 'null on the last page' },
    warnings,
  },
  { optional: ['total_estimated', 'warnings'] },
);

/** 200 with a page of entries. */
export function ApiLogs() {
  const schema = record({ data: listOf(entry), meta });
  return ApiResponse({
    status: 200,
    description: 'A page; it ends early, and says so, at about 2 MB of JSON',
    schema,
  });
}

const STATS = `With \`type\`: what is counted, kept for a while. \`from\` and \`to\` say of which timestamps: all of the range, up to the end of the current minute.
errors: entries by status, 400 and above. traffic: all entries, and distinct addresses. latency: milliseconds, \`null\` where nothing was timed; percentiles within 1 %.
logs: a point for each minute of an hour, each hour of a day or week. unique_ips: for each quarter hour of an hour, hour of a day, UTC day of a week; exact below 10,000, else within 2 %.
Without \`type\`: how many addresses the project has seen, and what the server holds of them.`;

const WINDOW = { from: '2026-11-20T09:18:00.000Z', to: '2026-11-20T10:19:00.000Z' };

function example(type: string, data: object) {
  return { summary: type, value: { type, ...WINDOW, data } };
}

function statsOf(type: string, data: object) {
  return record({ type: enumOf([type]), from: time, to: time, data, warnings }, { optional: ['warnings'] });
}

const report = record(
  {
    unique_ip_addresses: integer,
    estimated_memory_usage_bytes: integer,
    uptime_seconds: integer,
    counting: enumOf(['exact', 'approximate']),
    warnings,
  },
  { optional: ['warnings'] },
);

const latency = {
  avg_latency: millisOrNull,
  max_latency: millisOrNull,
  p50_latency: millisOrNull,
  p95_latency: millisOrNull,
  p99_latency: millisOrNull,
};

const pointsOf = (name: string) => listOf(record({ time, [name]: integer }));

const stats = {
  oneOf: [
    statsOf('errors', mapOf(integer, 'By status')),
    statsOf('traffic', record({ total_request: integer, unique_ips: integer })),
    statsOf('latency', record(latency)),
    statsOf('logs', record({ series: pointsOf('count') })),
    statsOf('unique_ips', record({ unique_ips: integer, series: pointsOf('unique_ips') })),
    report,
  ],
};

/** 200 with the answer of any type. */
export function ApiAccessStats() {
  const point = { time: WINDOW.from };
  const examples = {
    errors: example('errors', { 404: 12, 500: 1 }),
    traffic: example('traffic', { total_request: 5210, unique_ips: 311 }),
    latency: example('latency', {
      avg_latency: 41.7,
      max_latency: 902,
      p50_latency: 24.1,
      p95_latency: 180.9,
      p99_latency: 402.5,
    }),
    logs: example('logs', { series: [{ ...point, count: 88 }] }),
    unique_ips: example('unique_ips', { unique_ips: 311, series: [{ ...point, unique_ips: 102 }] }),
    none: {
      summary: 'without a type',
      value: {
        unique_ip_addresses: 20_311,
        estimated_memory_usage_bytes: 524_288,
        uptime_seconds: 3600,
        counting: 'exact',
      },
    },
  };
  return ApiResponse({
    status: 200,
    description: STATS,
    headers: cacheHeaders,
    content: { 'application/json': { schema: stats, examples } },
  });
}

const counted = {
  generated_at: time,
  total_requests: integer,
  unique_ips: { ...integer, description: 'Exact below 10,000, else within 2 %' },
  paths: mapOf(integer, 'The 1,000 most frequent, and (other)'),
  user_agents: mapOf(integer, 'The 1,000 most frequent, and (other)'),
  statuses: mapOf(integer),
  methods: mapOf(integer),
  latency_ms: record(
    { avg: millisOrNull, p50: millisOrNull, p95: millisOrNull, p99: millisOrNull, max: millisOrNull },
    { description: 'null where nothing was timed; percentiles within 1 %' },
  ),
};

const summary = {
  oneOf: [
    record({ hour: { ...time, description: 'Where the hour begins' }, ...counted }),
    record({ from: time, to: time, ...counted }),
  ],
};

/** 200 with a summary. */
export function ApiAnalytics() {
  return ApiResponse({
    status: 200,
    description: 'As summary_HH.json of the archive; with `from` and `to` these are there instead of `hour`',
    schema: summary,
  });
}
