import { ApiResponse } from '@nestjs/swagger';
import { cacheHeaders } from '../../api/caching.js';
import { METHODS } from '../../core/access-entry.js';

const textOrNull = { type: 'string', nullable: true } as const;
const integer = { type: 'integer' } as const;
const integerOrNull = { type: 'integer', nullable: true } as const;
const time = { type: 'string', format: 'date-time' } as const;
const counts = { type: 'object', additionalProperties: integer } as const;
const millisOrNull = { type: 'number', nullable: true } as const;

const entry = {
  type: 'object',
  properties: {
    id: integer,
    Timestamp: time,
    IP: textOrNull,
    Method: { ...textOrNull, enum: [...METHODS] },
    Path: textOrNull,
    Status: integerOrNull,
    LatencyMs: millisOrNull,
    UserAgent: textOrNull,
  },
} as const;

const page: object = {
  type: 'object',
  properties: {
    data: { type: 'array', items: entry },
    meta: {
      type: 'object',
      properties: {
        total: { ...integerOrNull, description: 'null with count=none' },
        total_estimated: {
          type: 'boolean',
          enum: [true],
          description: 'Only there when total is an estimate',
        },
        limit: integer,
        offset: integer,
        next_cursor: { ...textOrNull, description: 'null on the last page' },
        warnings: {
          type: 'array',
          items: { type: 'string' },
          description:
            'Parameters that were ignored, and whether the page ends early; only there when there are some',
        },
      },
    },
  },
};

/** 200 with a page of entries. */
export function ApiLogs() {
  return ApiResponse({
    status: 200,
    description: 'A page; it ends early, and says so, at about 4 MB of JSON',
    schema: page,
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
    content: { 'application/json': { examples } },
  });
}

const summary = {
  type: 'object',
  properties: {
    hour: { ...time, description: 'Where the hour begins; with from and to these are here instead' },
    generated_at: time,
    total_requests: integer,
    unique_ips: { ...integer, description: 'Exact below 10,000, else within 2 %' },
    paths: { ...counts, description: 'The 1,000 most frequent, and (other)' },
    user_agents: { ...counts, description: 'The 1,000 most frequent, and (other)' },
    statuses: counts,
    methods: counts,
    latency_ms: {
      type: 'object',
      properties: {
        avg: millisOrNull,
        p50: millisOrNull,
        p95: millisOrNull,
        p99: millisOrNull,
        max: millisOrNull,
      },
      description: 'null where nothing was timed; percentiles within 1 %',
    },
  },
} as const;

/** 200 with a summary. */
export function ApiAnalytics() {
  return ApiResponse({ status: 200, description: 'As summary_HH.json of the archive', schema: summary });
}
