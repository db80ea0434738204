import type { LatencyValues } from '../counting/latency-histogram.js';
import type { TimeRange, Window } from '../counting/time-cover.js';
import type { Top, TopOrder } from '../counting/top.js';
import type { Micros } from '../time.js';

/** Dimensions counted in every tier: a window may begin and end at any minute. */
export const MINUTE_DIMENSIONS = ['status', 'method'] as const;
/** Counted by hour and day only, and capped (ROLLUP_MAX_NAMES): the rest is `(other)`. */
export const HOUR_DIMENSIONS = ['path', 'user_agent', 'ip'] as const;
/** One rollup each. */
export const ACCESS_DIMENSIONS = [...MINUTE_DIMENSIONS, ...HOUR_DIMENSIONS] as const;
export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'] as const;

export type AccessDimension = (typeof ACCESS_DIMENSIONS)[number];

/** By `timestamp`; in whole minutes, unless a method of `AccessStats` asks for more. */
export type AccessWindow = TimeRange;

export interface ValueCount {
  /** `''` for entries without one. */
  value: string;
  count: number;
}

/** A top-N query: by what values are ordered, and how many are wanted. */
export interface TopRequest {
  dimension: AccessDimension;
  order: TopOrder;
  limit: number;
}

export interface LatencySeries {
  total: LatencyValues;
  /** One for each point. */
  series: LatencyValues[];
}

/**
 * Statistics of access entries, from the rollups and the pending blocks, never from rows (with ACCESS_LOG_KEEP=errors most
 * entries have none). Equals a scan of all accepted entries.
 * @throws RangeError for a window or start that is less aligned than its method requires.
 */
export abstract class AccessStats {
  /** Entries by value, most frequent first; `window` in minutes for status and method, in hours for the others. */
  abstract counts(projectId: number, window: AccessWindow, dimension: AccessDimension): Promise<ValueCount[]>;

  /** The first values of a dimension, by how often there are errors, or by their durations; the window as for `counts`. */
  abstract top(projectId: number, window: AccessWindow, request: TopRequest): Promise<Top>;

  /** Entries of each point; its start is a whole minute. */
  abstract series(projectId: number, window: Window): Promise<number[]>;

  /** As `series`, by class of status. */
  abstract statuses(projectId: number, window: Window): Promise<StatusCounts[]>;

  /** Exact count, avg and max; percentiles within 1 %. The window as for `series`. */
  abstract latency(projectId: number, window: Window): Promise<LatencySeries>;

  /**
   * Distinct addresses of the window and of each point: exact below about 10,000, else within 2 %.
   * Window and starts in minutes while `from` is within the last two hours, in quarter hours before that.
   */
  abstract uniqueIps(projectId: number, window: Window): Promise<{ total: number; series: number[] }>;
}

/** An hour that has entries, and how often what is counted of it has changed. */
export interface HourRevision {
  projectId: number;
  project: string;
  hour: Micros;
  revision: number;
}

/** The hours that the archive can write. */
export abstract class AccessHours {
  /** Every hour whose entries the store still has all of, and that are counted. */
  abstract hours(): Promise<HourRevision[]>;

  /**
   * Is this hour still one of `hours()`? To be asked after its entries were read: if retention removed some meanwhile, what
   * was read must not replace a file that has them.
   */
  abstract has(projectId: number, hour: Micros): Promise<boolean>;
}

export type StatusClass = (typeof STATUS_CLASSES)[number];

/** How many entries have a status of each class; `none`: no status at all. */
export type StatusCounts = Record<StatusClass, number>;

/** Entries of one point of a series, from 1, whose status begins with a digit ('' for those without one). */
interface StatusPart {
  point: number;
  digit: string;
  n: number;
}

/** The counts of each of `points` points. */
export function statusCounts(points: number, parts: readonly StatusPart[]): StatusCounts[] {
  const counts = Array.from({ length: points }, noStatuses);
  for (const { point, digit, n } of parts) counts[point - 1][classOf(digit)] += n;
  return counts;
}

export function noStatuses(): StatusCounts {
  return { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, none: 0 };
}

function classOf(digit: string): StatusClass {
  return digit === '' ? 'none' : (`${digit}xx` as StatusClass);
}
