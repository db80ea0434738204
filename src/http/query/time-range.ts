import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { INTERVALS, type Interval } from '../../core/counting/time-buckets.js';
import { isTimeZone, bucketStarts, INTERVAL_MICROS } from '../../core/counting/time-buckets.js';
import {
  MINUTES_REACH,
  lastWhole,
  type MinutesReach,
  type TimeRange,
} from '../../core/counting/time-cover.js';
import { parseRfc3339 } from '../../core/records/rfc3339.js';
import { DAY, HOUR, MINUTE, QUARTER_HOUR, type Micros } from '../../core/time.js';
import { ProjectQuery } from './project-query.js';
import { Satisfies, Time, OneOf } from './query-checks.js';
import { refuse } from './query-parameters.js';

const RANGES = ['hour', 'day', 'week', 'month'] as const;
const MAX_POINTS = 2_000;
const DEFAULT_POINTS = 200;

/** The intervals chosen for requests without one: clients rely on these. */
const DEFAULT_INTERVALS: readonly Interval[] = ['1m', '5m', '1h', '1d'];
const RANGE_MICROS: Record<Range, Micros> = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY };

type Range = (typeof RANGES)[number];

/** Which time a query is about. */
export class TimeRangeQuery extends ProjectQuery {
  @OneOf(RANGES, { default: 'day', description: 'Up to now; or from and to' })
  range?: Range;

  @Time('Inclusive, by timestamp')
  from?: string;

  @Time('Exclusive; default: now')
  to?: string;
}

/** The same, cut into points. */
export class SeriesQuery extends TimeRangeQuery {
  @OneOf(INTERVALS, { description: 'Default: one that gives at most 200 points' })
  interval?: Interval;

  @ApiPropertyOptional({
    type: String,
    format: 'time-zone',
    default: 'UTC',
    description: 'IANA name: where hours and days begin',
  })
  @IsOptional()
  @Satisfies('isTimeZone', 'must be the IANA name of a time zone such as Europe/Berlin', isTimeZone)
  timezone?: string;
}

export interface SeriesRange extends TimeRange {
  interval: Interval;
  timezone: string;
}

/**
 * The window that a query asks for at a moment. A range ends with the minute that is going on, and begins with a whole one, or a
 * whole quarter of an hour further back than minutes `reach`: it is counted without a look at the rows.
 * @throws SightlineError `validation_error`
 */
export function timeRangeOf(query: TimeRangeQuery, now: Micros, reach = MINUTES_REACH): TimeRange {
  if (query.from === undefined && query.to === undefined) {
    const length = RANGE_MICROS[query.range ?? 'day'];
    const step = length > reach.micros ? QUARTER_HOUR : MINUTE;
    return lastWhole(length, now, step);
  }
  if (query.range !== undefined) refuse([{ field: 'range', message: 'cannot be combined with from and to' }]);
  const from = query.from === undefined ? null : parseRfc3339(query.from);
  const to = query.to === undefined ? now : parseRfc3339(query.to);
  if (from === null) refuse([{ field: 'from', message: 'is missing' }]);
  if (from >= to!) refuse([{ field: 'from', message: 'must be before to' }]);
  return { from, to: to! };
}

/**
 * The earliest start of a query by the minute: a little before the documented reach, so that a query for all of it is accepted
 * a moment later too.
 */
export function reachStart(reach: MinutesReach, now: Micros): Micros {
  return now - reach.micros - Math.min(HOUR, reach.micros / 8);
}

/**
 * A window with the interval and time zone that a query asks for, or else an interval that fits.
 * @throws SightlineError `validation_error`, naming the interval that fits where one is too fine.
 */
export function seriesRangeOf(
  { from, to }: TimeRange,
  query: SeriesQuery,
  now: Micros,
  reach: MinutesReach,
): SeriesRange {
  const timezone = query.timezone ?? 'UTC';
  const reaches = (interval: Interval) =>
    INTERVAL_MICROS[interval] >= QUARTER_HOUR || from >= reachStart(reach, now);
  const fits = (interval: Interval, points: number) =>
    reaches(interval) && bucketStarts(from, to, interval, timezone, points + 1).length <= points;
  const interval = query.interval ?? DEFAULT_INTERVALS.find((one) => fits(one, DEFAULT_POINTS)) ?? '1d';
  if (!fits(interval, MAX_POINTS)) {
    const other = INTERVALS.find((one) => fits(one, MAX_POINTS));
    const problem = reaches(interval)
      ? `gives more than ${MAX_POINTS} points here`
      : `reaches ${reach.told} back`;
    const advice = other ? `${other} fits` : 'no interval fits: ask for less time';
    refuse([{ field: 'interval', message: `${interval} ${problem}; ${advice}` }]);
  }
  return { from, to, interval, timezone };
}
