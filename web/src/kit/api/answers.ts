import type { Point } from '../series.js';
import type { CountPoint, EventCountSeries, StatusCounts, TopEventValues } from './schema.js';

export type {
  Counts,
  EventErrors as Errors,
  LatencyValues as Latency,
  RequestCounts as Requests,
  TopValue,
  UniqueIpCount as UniqueIps,
} from './schema.js';

/** GET /api/v1/stats and /api/v1/access/stats: points and their totals. */
export interface Stats<Values> extends Pick<EventCountSeries, 'from' | 'to' | 'interval'> {
  series: (Point & Values)[];
  totals: Values;
}

/** For points of a query with group_by. */
export type Grouped = Pick<CountPoint, 'count' | 'group'>;

export type StatusClass = keyof StatusCounts;
export const STATUS_CLASSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'none'] as const satisfies StatusClass[];

/** GET /api/v1/stats/top and /api/v1/access/top. */
export type Top = Omit<TopEventValues, 'by' | 'warnings'>;
