import { ApiProperty } from '@nestjs/swagger';
import { IsOneOf, Integer, OneOf } from '../http/query/query-checks.js';
import { otherDimensions, otherTypes } from '../http/query/stats-routes.js';
import { SeriesQuery, TimeRangeQuery } from '../http/query/time-range.js';
import {
  GROUPS,
  STATS_TYPES,
  TOP_DIMENSIONS,
  type Group,
  type StatsType,
  type TopDimension,
} from '../core/event-stats.js';

/** The parameters of GET /api/v1/stats. */
export class StatsQuery extends SeriesQuery {
  @ApiProperty({ enum: STATS_TYPES })
  @IsOneOf(STATS_TYPES, otherTypes('/api/v1/stats'))
  type: StatsType;

  @OneOf(GROUPS, { description: 'The 100 greatest groups are told apart, the rest is (other)' })
  group_by?: Group;
}

/** The parameters of GET /api/v1/stats/top. */
export class TopQuery extends TimeRangeQuery {
  @ApiProperty({ enum: TOP_DIMENSIONS })
  @IsOneOf(TOP_DIMENSIONS, otherDimensions('/api/v1/stats/top'))
  by: TopDimension;

  @Integer(1, 100, { default: 10, description: 'Most values' })
  limit?: number;
}
