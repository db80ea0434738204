import type { Interval } from '../interval.js';
import type { Point } from '../series.js';

/** GET /api/v1/stats and /api/v1/access/stats: points and what they come to. */
export interface Stats<Values> {
  from: string;
  to: string;
  interval: Interval;
  series: (Point & Values)[];
  totals: Values;
}

export interface Counts {
  count: number;
}

export interface Grouped extends Counts {
  /** Of points of a question with group_by. */
  group?: string;
}

export interface Errors {
  /** Errors. */
  count: number;
  /** All events. */
  total: number;
  /** Percent. */
  rate: number;
}

/** Milliseconds; null where nothing was timed. */
export interface Latency {
  count: number;
  avg: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'] as const;
export type StatusClass = (typeof STATUS_CLASSES)[number];

export interface Requests {
  count: number;
  /** Status 400 and above. */
  errors: number;
  statuses: Record<StatusClass, number>;
}

export interface UniqueIps {
  unique_ips: number;
}

export interface TopValue {
  /** '' where none was given, '(other)' for what the server did not tell apart. */
  value: string;
  count: number;
  errors: number;
  avg_ms: number | null;
  max_ms: number | null;
}

/** GET /api/v1/stats/top and /api/v1/access/top. */
export interface Top {
  from: string;
  to: string;
  values: TopValue[];
  /** What the values do not show. */
  other: number;
  total: number;
}
