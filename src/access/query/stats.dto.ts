import { ApiProperty } from '@nestjs/swagger';
import { ProjectQuery } from '../../http/query/project-query.js';
import { OneOf } from '../../http/query/query-checks.js';
import { Point } from '../../http/query/series.dto.js';
import { ACCESS_STATS_TYPES, otherTypes } from '../../http/query/stats-routes.js';
import { RANGES, type Range } from './window.js';

export type StatsType = (typeof ACCESS_STATS_TYPES)[number];

/** The parameters of GET /stats. */
export class AccessStatsQuery extends ProjectQuery {
  @OneOf(
    ACCESS_STATS_TYPES,
    { description: 'Without it: the number of unique addresses, and the memory that they take' },
    otherTypes('/stats'),
  )
  type?: StatsType;

  @OneOf(RANGES, { default: 'day', description: 'Up to the end of the current minute' })
  range?: Range;
}

/** What is counted, and of which time. */
class Counted {
  @ApiProperty({ format: 'date-time' }) from: string;

  /** The end of the current minute. */
  @ApiProperty({ format: 'date-time' }) to: string;

  /** Parameters that were ignored; absent if there are none. */
  warnings?: string[];
}

/** Entries by status, 400 and above. */
export class AccessErrors extends Counted {
  type: 'errors';
  @ApiProperty({ type: 'object', additionalProperties: { type: 'integer' } }) data: Record<string, number>;
}

class TrafficCounts {
  @ApiProperty({ type: 'integer' }) total_request: number;
  @ApiProperty({ type: 'integer' }) unique_ips: number;
}

export class AccessTraffic extends Counted {
  type: 'traffic';
  data: TrafficCounts;
}

/** Milliseconds, null where nothing was timed; percentiles within 1 %. */
class LatencyFigures {
  avg_latency: number | null;
  max_latency: number | null;
  p50_latency: number | null;
  p95_latency: number | null;
  p99_latency: number | null;
}

export class AccessLatency extends Counted {
  type: 'latency';
  data: LatencyFigures;
}

class EntryPoint extends Point {
  @ApiProperty({ type: 'integer' }) count: number;
}

class EntryPoints {
  /** A point for each minute of an hour, each hour of a day or week. */
  series: EntryPoint[];
}

export class AccessLogs extends Counted {
  type: 'logs';
  data: EntryPoints;
}

class AddressPoint extends Point {
  @ApiProperty({ type: 'integer' }) unique_ips: number;
}

/** Distinct addresses: exact below 10,000, else within 2 %. */
class AddressPoints {
  @ApiProperty({ type: 'integer' }) unique_ips: number;

  /** For each quarter hour of an hour, hour of a day, UTC day of a week. */
  series: AddressPoint[];
}

export class AccessUniqueIps extends Counted {
  type: 'unique_ips';
  data: AddressPoints;
}

/** Without a type: the addresses that the project has seen, and what the server holds of them. */
export class AddressReport {
  @ApiProperty({ type: 'integer' }) unique_ip_addresses: number;
  @ApiProperty({ type: 'integer' }) estimated_memory_usage_bytes: number;
  @ApiProperty({ type: 'integer' }) uptime_seconds: number;
  counting: 'exact' | 'approximate';

  /** Parameters that were ignored; absent if there are none. */
  warnings?: string[];
}

/** What is counted depends on the type. */
export type AccessStatsAnswer = AccessErrors | AccessTraffic | AccessLatency | AccessLogs | AccessUniqueIps;

const LAST_HOUR = { from: '2026-11-20T09:18:00.000Z', to: '2026-11-20T10:19:00.000Z' };

export const EXAMPLES: (AccessStatsAnswer | AddressReport)[] = [
  { type: 'errors', ...LAST_HOUR, data: { 404: 12, 500: 1 } },
  { type: 'traffic', ...LAST_HOUR, data: { total_request: 5210, unique_ips: 311 } },
  {
    type: 'latency',
    ...LAST_HOUR,
    data: {
      avg_latency: 41.7,
      max_latency: 902,
      p50_latency: 24.1,
      p95_latency: 180.9,
      p99_latency: 402.5,
    },
  },
  { type: 'logs', ...LAST_HOUR, data: { series: [{ time: LAST_HOUR.from, count: 88 }] } },
  {
    type: 'unique_ips',
    ...LAST_HOUR,
    data: { unique_ips: 311, series: [{ time: LAST_HOUR.from, unique_ips: 102 }] },
  },
  {
    unique_ip_addresses: 20_311,
    estimated_memory_usage_bytes: 524_288,
    uptime_seconds: 3600,
    counting: 'exact',
  },
];
