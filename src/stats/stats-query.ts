import { Injectable, type PipeTransform } from '@nestjs/common';
import { ApiHideProperty, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { plainToInstance, Transform } from 'class-transformer';
import { IsIn, IsOptional, ValidateBy, validateSync } from 'class-validator';
import { SightlineError, type FieldError } from '../core/errors.js';
import {
  GROUPS,
  INTERVALS,
  STATS_TYPES,
  type Group,
  type Interval,
  type StatsType,
} from '../core/event-stats.js';
import { parseRfc3339 } from '../core/rfc3339.js';
import { isTimeZone } from '../core/time-buckets.js';

export const RANGES = ['hour', 'day', 'week', 'month'] as const;
export type Range = (typeof RANGES)[number];

function Is(name: string, message: string, validate: (value: string) => boolean): PropertyDecorator {
  return ValidateBy({
    name,
    validator: {
      validate: (value) => typeof value === 'string' && validate(value),
      defaultMessage: () => message,
    },
  });
}

const IsTime = () =>
  Is(
    'isRfc3339',
    'must be an RFC 3339 time such as 2026-11-20T10:00:00Z',
    (value) => parseRfc3339(value) !== null,
  );

/** A `+` of an offset that was not percent-encoded: query strings write a space so. */
const PlusOfOffset = () =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.replace(/ (\d\d:\d\d)$/, '+$1') : value,
  );

/** The parameters of GET /api/v1/stats. */
export class StatsQuery {
  @ApiProperty({ enum: STATS_TYPES })
  @IsIn(STATS_TYPES, { message: `must be one of ${STATS_TYPES.join(', ')}` })
  type: StatsType;

  @ApiPropertyOptional({ enum: RANGES, default: 'day', description: 'Up to now; or from and to' })
  @IsOptional()
  @IsIn(RANGES, { message: `must be one of ${RANGES.join(', ')}` })
  range?: Range;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Inclusive, by timestamp' })
  @IsOptional()
  @PlusOfOffset()
  @IsTime()
  from?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Exclusive; default: now' })
  @IsOptional()
  @PlusOfOffset()
  @IsTime()
  to?: string;

  @ApiPropertyOptional({ enum: INTERVALS, description: 'Default: what gives at most 200 points' })
  @IsOptional()
  @IsIn(INTERVALS, { message: `must be one of ${INTERVALS.join(', ')}` })
  interval?: Interval;

  @ApiPropertyOptional({ type: String, default: 'UTC', description: 'IANA name: where hours and days begin' })
  @IsOptional()
  @Is('isTimeZone', 'must be the IANA name of a time zone such as Europe/Berlin', isTimeZone)
  timezone?: string;

  @ApiPropertyOptional({
    enum: GROUPS,
    description: 'The 100 greatest groups are told apart, the rest is (other)',
  })
  @IsOptional()
  @IsIn(GROUPS, { message: `must be one of ${GROUPS.join(', ')}` })
  group_by?: Group;

  @ApiHideProperty()
  warnings: string[];
}

// `project` is the guard's business.
const KNOWN = new Set(['type', 'range', 'from', 'to', 'interval', 'timezone', 'group_by', 'project']);

/** A query string as a StatsQuery. A parameter left empty counts as not given; an unknown one is a warning. */
@Injectable()
export class StatsQueryPipe implements PipeTransform<Record<string, unknown>, StatsQuery> {
  transform(raw: Record<string, unknown>): StatsQuery {
    const given = Object.entries(raw).filter(([name, value]) => KNOWN.has(name) && value !== '');
    const query = plainToInstance(StatsQuery, Object.fromEntries(given));
    refuse(
      validateSync(query).map(({ property, constraints }) => ({
        field: property,
        message: Object.values(constraints ?? {}).join('; '),
      })),
    );
    query.warnings = Object.keys(raw)
      .filter((name) => !KNOWN.has(name))
      .map((name) => `Parameter ${name.toWellFormed()} is unknown and was ignored`);
    return query;
  }
}

/** @throws SightlineError `validation_error` that names every parameter that is wrong, if there is any. */
export function refuse(details: readonly FieldError[]): void {
  if (details.length === 0) return;
  const [{ field, message }] = details;
  throw new SightlineError('validation_error', `${field} ${message}`, { details: [...details] });
}
