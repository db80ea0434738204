import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { INTERVALS, type Interval } from '../core/event-stats.js';
import { isTimeZone } from '../core/time-buckets.js';
import { ProjectQuery } from './project-query.js';
import { Passes, Time, Word } from './query-checks.js';

const RANGES = ['hour', 'day', 'week', 'month'] as const;
export type Range = (typeof RANGES)[number];

/** Which time a question is about. */
export class WindowQuery extends ProjectQuery {
  @Word(RANGES, { default: 'day', description: 'Up to now; or from and to' })
  range?: Range;

  @Time('Inclusive, by timestamp')
  from?: string;

  @Time('Exclusive; default: now')
  to?: string;
}

/** The same, cut into points. */
export class SeriesQuery extends WindowQuery {
  @Word(INTERVALS, { description: 'Default: what gives at most 200 points' })
  interval?: Interval;

  @ApiPropertyOptional({
    type: String,
    format: 'time-zone',
    default: 'UTC',
    description: 'IANA name: where hours and days begin',
  })
  @IsOptional()
  @Passes('isTimeZone', 'must be the IANA name of a time zone such as Europe/Berlin', isTimeZone)
  timezone?: string;
}
