import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { ProjectQuery } from '../api/project-query.js';
import { IsOneOf, Passes, Time, Word } from '../api/query-checks.js';
import {
  GROUPS,
  INTERVALS,
  STATS_TYPES,
  type Group,
  type Interval,
  type StatsType,
} from '../core/event-stats.js';
import { isTimeZone } from '../core/time-buckets.js';

const RANGES = ['hour', 'day', 'week', 'month'] as const;
export type Range = (typeof RANGES)[number];

/** The parameters of GET /api/v1/stats. */
export class StatsQuery extends ProjectQuery {
  @ApiProperty({ enum: STATS_TYPES })
  @IsOneOf(STATS_TYPES)
  type: StatsType;

  @Word(RANGES, { default: 'day', description: 'Up to now; or from and to' })
  range?: Range;

  @Time('Inclusive, by timestamp')
  from?: string;

  @Time('Exclusive; default: now')
  to?: string;

  @Word(INTERVALS, { description: 'Default: what gives at most 200 points' })
  interval?: Interval;

  @ApiPropertyOptional({ type: String, default: 'UTC', description: 'IANA name: where hours and days begin' })
  @IsOptional()
  @Passes('isTimeZone', 'must be the IANA name of a time zone such as Europe/Berlin', isTimeZone)
  timezone?: string;

  @Word(GROUPS, { description: 'The 100 greatest groups are told apart, the rest is (other)' })
  group_by?: Group;
}
