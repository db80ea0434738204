import type { LatencyValues } from '../counting/latency-histogram.js';
import type { Interval } from '../counting/time-buckets.js';
import type { TimeRange } from '../counting/time-cover.js';
import type { Top } from '../counting/top.js';
import type { Micros } from '../time.js';

export const STATS_TYPES = ['logs', 'errors', 'latency', 'users', 'sessions'] as const;
export type StatsType = (typeof STATS_TYPES)[number];

export const GROUPS = ['event_type', 'event_name', 'priority', 'app_version'] as const;
export type Group = (typeof GROUPS)[number];

/** Dimensions of the top-N query: counted by time, like groups. */
export const TOP_DIMENSIONS = [
  'event_name',
  'event_type',
  'app_version',
  'priority',
  'provider_name',
] as const;
export type TopDimension = (typeof TOP_DIMENSIONS)[number];

/** The range by `timestamp`. */
export interface TopRequest extends TimeRange {
  by: TopDimension;
  limit: number;
}

/** The range by `timestamp`. */
export interface StatsRequest extends TimeRange {
  type: StatsType;
  interval: Interval;
  /** IANA name: where days and hours begin. */
  timezone: string;
  groupBy?: Group;
}

export interface ErrorValues {
  count: number;
  /** All events of the window. */
  total: number;
  /** Percent. */
  rate: number;
}
export interface CountValues {
  count: number;
}
export type StatsValues = CountValues | ErrorValues | LatencyValues;

export type SeriesPoint = { time: string; group?: string } & StatsValues;

export interface StatsAnswer {
  series: SeriesPoint[];
  totals: StatsValues;
}

export interface EventMetrics {
  total_logs: number;
  /** The last hour and day consist of whole minutes and end with the current one. */
  logs_last_hour: number;
  logs_last_day: number;
  /** Mean of numeric `properties.duration_ms` over the last day; 0 where there was none. */
  average_latency_ms: number;
  error_rate_percent: number;
  active_sessions: number;
  active_users: number;
  top_event_types: { event_type: string; count: number }[];
}

/** What is counted. Equals a scan of the rows at any moment. */
export abstract class EventStats {
  abstract metrics(projectId: number, now: Micros): Promise<EventMetrics>;
  abstract stats(projectId: number, query: StatsRequest): Promise<StatsAnswer>;
  /** Most frequent first. */
  abstract top(projectId: number, query: TopRequest): Promise<Top>;
}
