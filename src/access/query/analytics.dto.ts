import { ApiProperty } from '@nestjs/swagger';
import type * as summary from '../../core/access-summary.js';
import { ProjectQuery } from '../../http/query/project-query.js';
import { Time } from '../../http/query/query-checks.js';
import { TIME_CODES } from './logs.dto.js';

/** The parameters of GET /analytics. */
export class AnalyticsQuery extends ProjectQuery {
  static readonly codes = TIME_CODES;

  @Time('A whole hour (UTC); default: the current one')
  hour?: string;

  @Time('A whole hour: the start of a range to summarise, instead of one hour')
  from?: string;

  @Time('A whole hour, exclusive; default: the end of the current one')
  to?: string;
}

class SummedLatency {
  avg: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

const counts = { type: 'object', additionalProperties: { type: 'integer' } } as const;

class AccessSummary implements summary.AccessSummary {
  @ApiProperty({ format: 'date-time' }) generated_at: string;
  @ApiProperty({ type: 'integer' }) total_requests: number;

  /** Exact below 10,000, else within 2 %. */
  @ApiProperty({ type: 'integer' }) unique_ips: number;

  /** The 1,000 most frequent, and (other). */
  @ApiProperty(counts) paths: Record<string, number>;

  /** The 1,000 most frequent, and (other). */
  @ApiProperty(counts) user_agents: Record<string, number>;

  @ApiProperty(counts) statuses: Record<string, number>;
  @ApiProperty(counts) methods: Record<string, number>;

  /** null where nothing was timed; percentiles within 1 %. */
  latency_ms: SummedLatency;
}

export class HourSummary extends AccessSummary {
  /** Where the hour begins. */
  @ApiProperty({ format: 'date-time' }) hour: string;
}

export class RangeSummary extends AccessSummary {
  @ApiProperty({ format: 'date-time' }) from: string;
  @ApiProperty({ format: 'date-time' }) to: string;
}
