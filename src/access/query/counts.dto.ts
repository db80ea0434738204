import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { TOP_ORDERS, type TopOrder } from '../../core/counting/top.js';
import type * as stats from '../../core/ports/access-stats.js';
import { ACCESS_DIMENSIONS, type AccessDimension } from '../../core/ports/access-stats.js';
import { IsOneOf, Integer, OneOf } from '../../http/query/query-checks.js';
import { LatencyValues, Point, Series, TopValues } from '../../http/query/series.dto.js';
import { ACCESS_SERIES_TYPES, otherDimensions, otherTypes } from '../../http/query/stats-routes.js';
import { SeriesQuery, TimeRangeQuery } from '../../http/query/time-range.js';

export type SeriesType = (typeof ACCESS_SERIES_TYPES)[number];

/** The parameters of GET /api/v1/access/stats. */
export class AccessSeriesQuery extends SeriesQuery {
  @ApiProperty({ enum: ACCESS_SERIES_TYPES })
  @IsOneOf(ACCESS_SERIES_TYPES, otherTypes('/api/v1/access/stats'))
  type: SeriesType;
}

/** The parameters of GET /api/v1/access/top. */
export class AccessTopQuery extends TimeRangeQuery {
  @ApiProperty({ enum: ACCESS_DIMENSIONS })
  @IsOneOf(ACCESS_DIMENSIONS, otherDimensions('/api/v1/access/top'))
  by: AccessDimension;

  @OneOf(TOP_ORDERS, { default: 'count', description: 'Sorted by this, greatest first' })
  order?: TopOrder;

  @Integer(1, 100, { default: 10, description: 'Most values' })
  limit?: number;
}

/** How many entries have a status of each class; `none`: no status at all. */
class StatusCounts implements stats.StatusCounts {
  @ApiProperty({ type: 'integer' }) '1xx': number;
  @ApiProperty({ type: 'integer' }) '2xx': number;
  @ApiProperty({ type: 'integer' }) '3xx': number;
  @ApiProperty({ type: 'integer' }) '4xx': number;
  @ApiProperty({ type: 'integer' }) '5xx': number;
  @ApiProperty({ type: 'integer' }) none: number;
}

export class RequestCounts {
  @ApiProperty({ type: 'integer' }) count: number;

  /** Of status 400 and above. */
  @ApiProperty({ type: 'integer' }) errors: number;

  statuses: StatusCounts;
}

export class UniqueIpCount {
  /** Distinct addresses: exact below 10,000, else within 2 %. */
  @ApiProperty({ type: 'integer' }) unique_ips: number;
}

class RequestPoint extends IntersectionType(Point, RequestCounts) {}
class AccessLatencyPoint extends IntersectionType(Point, LatencyValues) {}
class UniqueIpPoint extends IntersectionType(Point, UniqueIpCount) {}

export class RequestSeries extends Series {
  type: 'requests';
  series: RequestPoint[];
  totals: RequestCounts;
}

export class AccessLatencySeries extends Series {
  type: 'latency';
  series: AccessLatencyPoint[];
  totals: LatencyValues;
}

export class UniqueIpSeries extends Series {
  type: 'unique_ips';
  series: UniqueIpPoint[];
  totals: UniqueIpCount;
}

/** Which values a series has depends on its type. */
export type AccessSeries = RequestSeries | AccessLatencySeries | UniqueIpSeries;

export class TopAccessValues extends TopValues {
  @ApiProperty({ enum: ACCESS_DIMENSIONS }) by: AccessDimension;
  @ApiProperty({ enum: TOP_ORDERS }) order: TopOrder;
}

const DAY = { from: '2026-11-19T10:00:00.000Z', to: '2026-11-20T10:00:00.000Z' };
const REQUESTS: RequestCounts = {
  count: 5210,
  errors: 13,
  statuses: { '1xx': 0, '2xx': 5100, '3xx': 97, '4xx': 12, '5xx': 1, none: 0 },
};

export const EXAMPLES: { series: RequestSeries; top: TopAccessValues } = {
  series: {
    type: 'requests',
    ...DAY,
    interval: '1h',
    timezone: 'UTC',
    series: [{ time: DAY.from, ...REQUESTS }],
    totals: REQUESTS,
    warnings: [],
  },
  top: {
    by: 'path',
    order: 'errors',
    ...DAY,
    values: [{ value: '/checkout', count: 4100, errors: 12, avg_ms: 84.2, max_ms: 1900 }],
    other: 1110,
    total: 5210,
    warnings: [],
  },
};
