import { ApiProperty } from '@nestjs/swagger';
import { IsOneOf, Whole, Word } from '../../api/query-checks.js';
import { SeriesQuery, WindowQuery } from '../../api/window-query.js';
import { ACCESS_DIMENSIONS, type AccessDimension } from '../../core/access-stats.js';
import { TOP_ORDERS, type TopOrder } from '../../core/top.js';

export const SERIES_TYPES = ['requests', 'latency', 'unique_ips'] as const;
export type SeriesType = (typeof SERIES_TYPES)[number];

/** The parameters of GET /api/v1/access/stats. */
export class AccessSeriesQuery extends SeriesQuery {
  @ApiProperty({ enum: SERIES_TYPES })
  @IsOneOf(SERIES_TYPES)
  type: SeriesType;
}

/** The parameters of GET /api/v1/access/top. */
export class AccessTopQuery extends WindowQuery {
  @ApiProperty({ enum: ACCESS_DIMENSIONS })
  @IsOneOf(ACCESS_DIMENSIONS)
  by: AccessDimension;

  @Word(TOP_ORDERS, { default: 'count', description: 'What comes first: greatest of these' })
  order?: TopOrder;

  @Whole(1, 100, { default: 10, description: 'Most values' })
  limit?: number;
}
