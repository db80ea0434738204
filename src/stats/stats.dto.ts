import { ApiProperty, ApiSchema, IntersectionType } from '@nestjs/swagger';
import {
  GROUPS,
  STATS_TYPES,
  TOP_DIMENSIONS,
  type EventMetrics,
  type Group,
  type StatsType,
  type TopDimension,
} from '../core/ports/event-stats.js';
import { EVENT_TYPES } from '../core/records/event.js';
import { IsOneOf, Integer, OneOf } from '../http/query/query-checks.js';
import { LatencyValues, Point, Series, TopValues } from '../http/query/series.dto.js';
import { otherDimensions, otherTypes } from '../http/query/stats-routes.js';
import { SeriesQuery, TimeRangeQuery } from '../http/query/time-range.js';

/** The parameters of GET /api/v1/stats. */
export class StatsQuery extends SeriesQuery {
  @ApiProperty({ enum: STATS_TYPES })
  @IsOneOf(STATS_TYPES, otherTypes('/api/v1/stats'))
  type: StatsType;

  @OneOf(GROUPS, { description: 'The 100 largest groups are listed; the rest is (other)' })
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

class Counts {
  @ApiProperty({ type: 'integer' }) count: number;
}

class EventErrors {
  @ApiProperty({ type: 'integer' }) count: number;

  /** All events. */
  @ApiProperty({ type: 'integer' }) total: number;

  /** Percent. */
  rate: number;
}

class EventPoint extends Point {
  /** With group_by. */
  group?: string;
}

class CountPoint extends IntersectionType(EventPoint, Counts) {}
class ErrorPoint extends IntersectionType(EventPoint, EventErrors) {}
class LatencyPoint extends IntersectionType(EventPoint, LatencyValues) {}

/** Events, or how many users or sessions were among them. */
export class EventCountSeries extends Series {
  type: 'logs' | 'users' | 'sessions';
  series: CountPoint[];
  totals: Counts;
}

export class EventErrorSeries extends Series {
  type: 'errors';
  series: ErrorPoint[];
  totals: EventErrors;
}

export class EventLatencySeries extends Series {
  type: 'latency';
  series: LatencyPoint[];
  totals: LatencyValues;
}

/** Which values a series has depends on its type. */
export type EventSeries = EventCountSeries | EventErrorSeries | EventLatencySeries;

export class TopEventValues extends TopValues {
  @ApiProperty({ enum: TOP_DIMENSIONS }) by: TopDimension;
}

class EventTypeCount {
  @ApiProperty({ enum: EVENT_TYPES }) event_type: string;
  @ApiProperty({ type: 'integer' }) count: number;
}

/** Hours and days are of whole minutes, and end with the one that is going on. */
@ApiSchema({ name: 'EventMetrics' })
export class EventMetricsView implements EventMetrics {
  @ApiProperty({ type: 'integer' }) total_logs: number;
  @ApiProperty({ type: 'integer' }) logs_last_hour: number;
  @ApiProperty({ type: 'integer' }) logs_last_day: number;

  /** Mean of numeric `properties.duration_ms` over the last day; 0 where there was none. */
  average_latency_ms: number;

  error_rate_percent: number;
  @ApiProperty({ type: 'integer' }) active_sessions: number;
  @ApiProperty({ type: 'integer' }) active_users: number;
  top_event_types: EventTypeCount[];
}

class StatusOfServer {
  name: string;
  version: string;

  /** Seconds since the server started. */
  @ApiProperty({ type: 'integer' }) uptime: number;

  @ApiProperty({ format: 'date-time' }) started_at: string;
}

class StatusOfDatabase {
  status: 'up' | 'down';
  @ApiProperty({ type: 'integer' }) total_logs: number | null;
}

export class Status {
  service: StatusOfServer;
  database: StatusOfDatabase;

  /** null while the database is away. */
  metrics: EventMetricsView | null;
}

const METRICS: EventMetricsView = {
  total_logs: 1_204_311,
  logs_last_hour: 5210,
  logs_last_day: 98_117,
  average_latency_ms: 84.2,
  error_rate_percent: 1.7,
  active_sessions: 311,
  active_users: 290,
  top_event_types: [{ event_type: 'behavioral', count: 800_112 }],
};

const DAY = { from: '2026-11-19T10:00:00.000Z', to: '2026-11-20T10:00:00.000Z' };

export const EXAMPLES: {
  metrics: EventMetricsView;
  status: Status;
  series: EventErrorSeries;
  top: TopEventValues;
} = {
  metrics: METRICS,
  status: {
    service: { name: 'sightline', version: '0.1.0', uptime: 3600, started_at: '2026-11-20T09:00:00.000Z' },
    database: { status: 'up', total_logs: METRICS.total_logs },
    metrics: METRICS,
  },
  series: {
    type: 'errors',
    ...DAY,
    interval: '1h',
    timezone: 'UTC',
    series: [{ time: DAY.from, count: 3, total: 200, rate: 1.5 }],
    totals: { count: 70, total: 4800, rate: 1.4583333333333333 },
    warnings: [],
  },
  top: {
    by: 'event_name',
    ...DAY,
    values: [{ value: 'checkout', count: 4100, errors: 12, avg_ms: 84.2, max_ms: 1900 }],
    other: 700,
    total: 4800,
    warnings: [],
  },
};
