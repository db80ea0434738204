import { ApiProperty } from '@nestjs/swagger';
import { IsOneOf, Integer, OneOf } from '../../http/query/query-checks.js';
import { ACCESS_SERIES_TYPES, otherDimensions, otherTypes } from '../../http/query/stats-routes.js';
import { SeriesQuery, TimeRangeQuery } from '../../http/query/time-range.js';
import { ACCESS_DIMENSIONS, type AccessDimension } from '../../core/access-stats.js';
import { TOP_ORDERS, type TopOrder } from '../../core/top.js';

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

  @OneOf(TOP_ORDERS, { default: 'count', description: 'What comes first: greatest of these' })
  order?: TopOrder;

  @Integer(1, 100, { default: 10, description: 'Most values' })
  limit?: number;
}
