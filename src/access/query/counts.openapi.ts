import { ApiCachedAnswer } from '../../http/query/caching.js';
import { integer, enumOf, record, latencyValues, seriesOf, topOf } from '../../http/query/schemas.js';
import { ACCESS_DIMENSIONS, STATUS_CLASSES } from '../../core/access-stats.js';
import { TOP_ORDERS } from '../../core/top.js';

const WINDOW = { from: '2026-11-19T10:00:00.000Z', to: '2026-11-20T10:00:00.000Z' };

const SERIES = `A series and its totals; \`time\` is a bucket's beginning. \`from\` and \`to\` say of which timestamps: what was asked, made up to whole minutes, or to whole quarter hours further back than 8 days (unique_ips: 2 hours).
requests: count, errors (status 400 and above), and how many of each class of status. latency: count, avg, p50, p95, p99, max (milliseconds, null where nothing was timed; percentiles within 1 %).
unique_ips: distinct addresses, exact below 10,000, else within 2 %; by minutes up to 2 hours back.`;

const statuses = record(Object.fromEntries(STATUS_CLASSES.map((name) => [name, integer])));

const series = {
  oneOf: [
    seriesOf(['requests'], { count: integer, errors: integer, statuses }),
    seriesOf(['latency'], latencyValues),
    seriesOf(['unique_ips'], { unique_ips: integer }),
  ],
};

/** 200 with a series. */
export function ApiAccessSeries() {
  const values = {
    count: 5210,
    errors: 13,
    statuses: { '1xx': 0, '2xx': 5100, '3xx': 97, '4xx': 12, '5xx': 1, none: 0 },
  };
  return ApiCachedAnswer({
    description: SERIES,
    message: 'Stats retrieved successfully',
    data: series,
    example: {
      type: 'requests',
      ...WINDOW,
      interval: '1h',
      timezone: 'UTC',
      series: [{ time: WINDOW.from, ...values }],
      totals: values,
      warnings: [],
    },
  });
}

const TOP = `Entries by one value. \`order\`: the greatest first; with \`errors\` only what has failed is listed, with \`avg_ms\` and \`max_ms\` only what was timed.
\`total\`: all entries of the window; \`other\`: those of the values that are not listed. A value of \`""\`: entries without one.
\`from\` and \`to\` say what was counted: paths, addresses and user agents are counted by the hour (UTC), statuses and methods as in /api/v1/access/stats.`;

/** 200 with the first values. */
export function ApiAccessTop() {
  return ApiCachedAnswer({
    description: TOP,
    message: 'Top values retrieved successfully',
    data: topOf(ACCESS_DIMENSIONS, { order: enumOf(TOP_ORDERS) }),
    example: {
      by: 'path',
      order: 'errors',
      ...WINDOW,
      values: [{ value: '/checkout', count: 4100, errors: 12, avg_ms: 84.2, max_ms: 1900 }],
      other: 1110,
      total: 5210,
      warnings: [],
    },
  });
}
