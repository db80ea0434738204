import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { bucketStarts, isByClock } from '../../core/counting/time-buckets.js';
import {
  ceilTo,
  floorTo,
  MINUTES_REACH,
  SKETCH_MINUTES_REACH,
  type MinutesReach,
} from '../../core/counting/time-cover.js';
import {
  AccessStats,
  HOUR_DIMENSIONS,
  type AccessDimension,
  type AccessWindow,
  STATUS_CLASSES,
  noStatuses,
  type StatusCounts,
} from '../../core/ports/access-stats.js';
import { Cache, type Cached } from '../../core/ports/cache.js';
import { Clock } from '../../core/ports/clock.js';
import { formatRfc3339 } from '../../core/records/rfc3339.js';
import { HOUR, MINUTE, QUARTER_HOUR, type Micros } from '../../core/time.js';
import { refuse } from '../../http/query/query-parameters.js';
import type { Unwarned } from '../../http/query/series.dto.js';
import { seriesRangeOf, timeRangeOf, reachStart, type SeriesRange } from '../../http/query/time-range.js';
import type {
  AccessSeries,
  AccessSeriesQuery,
  AccessTopQuery,
  RequestCounts,
  SeriesType,
  TopAccessValues,
} from './counts.dto.js';

type SeriesValues = AccessSeries['totals'];

/** Answers of counts of access entries under /api/v1, kept for STATS_CACHE_SECONDS; what comes in meanwhile does not make them stale. */
@Injectable()
export class AccessCountsService {
  constructor(
    private readonly stats: AccessStats,
    private readonly cache: Cache,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws SightlineError `validation_error` for a query that is too fine */
  series(projectId: number, query: AccessSeriesQuery, fresh: boolean): Promise<Cached> {
    // validated before the cache is asked, which holds valid queries only
    const request = seriesRequest(query, this.clock.nowMs() * 1000);
    const { type, interval, timezone } = request;
    const key = `series ${JSON.stringify([query.range, query.from, query.to, type, interval, timezone])}`;
    return this.kept(projectId, key, fresh, async () => {
      const { totals, points } = await COUNT[type](this.stats, projectId, request);
      const series = request.starts.map((start, index) => ({
        time: formatRfc3339(start),
        ...points[index],
      }));
      const [from, to] = [formatRfc3339(request.from), formatRfc3339(request.to)];
      return { type, from, to, interval, timezone, series, totals };
    });
  }

  /** @throws SightlineError `validation_error` */
  top(projectId: number, query: AccessTopQuery, fresh: boolean): Promise<Cached> {
    const { by, order = 'count', limit = 10 } = query;
    const window = topWindow(query, this.clock.nowMs() * 1000);
    const key = `top ${JSON.stringify([query.range, query.from, query.to, by, order, limit])}`;
    return this.kept(projectId, key, fresh, async () => {
      const top = await this.stats.top(projectId, window, { dimension: by, order, limit });
      const [from, to] = [formatRfc3339(window.from), formatRfc3339(window.to)];
      return { by, order, from, to, ...top } satisfies Unwarned<TopAccessValues>;
    });
  }

  private kept(
    projectId: number,
    key: string,
    fresh: boolean,
    compute: () => Promise<object>,
  ): Promise<Cached> {
    const keepMs = this.config.statsCacheS * 1000;
    return this.cache.getOrSerialize(`access ${projectId}`, key, keepMs, compute, fresh);
  }
}

type Count = (
  stats: AccessStats,
  projectId: number,
  request: SeriesRequest,
) => Promise<{ totals: SeriesValues; points: SeriesValues[] }>;

const COUNT: Record<SeriesType, Count> = {
  requests: async (stats, projectId, window) => {
    const points = await stats.statuses(projectId, window);
    return { totals: requestValues(summed(points)), points: points.map(requestValues) };
  },
  latency: async (stats, projectId, window) => {
    const { total, series } = await stats.latency(projectId, window);
    return { totals: total, points: series };
  },
  unique_ips: async (stats, projectId, window) => {
    const { total, series } = await stats.uniqueIps(projectId, window);
    return { totals: { unique_ips: total }, points: series.map((unique_ips) => ({ unique_ips })) };
  },
};

function requestValues(statuses: StatusCounts): RequestCounts {
  const count = STATUS_CLASSES.reduce((sum, name) => sum + statuses[name], 0);
  return { count, errors: statuses['4xx'] + statuses['5xx'], statuses };
}

function summed(points: readonly StatusCounts[]): StatusCounts {
  const sum = noStatuses();
  for (const point of points) for (const name of STATUS_CLASSES) sum[name] += point[name];
  return sum;
}

/** A series to be counted: its window is whole enough for AccessStats. */
interface SeriesRequest extends SeriesRange {
  type: SeriesType;
  /** Where the points begin; the first may begin before `from`. */
  starts: Micros[];
}

/**
 * What GET /api/v1/access/stats asks at a moment. Entries may have no rows, so its window is made up to whole minutes, or to
 * whole quarter hours further back than there are minutes.
 * @throws SightlineError `validation_error`, naming the interval that fits where one is too fine.
 */
export function seriesRequest(query: AccessSeriesQuery, now: Micros): SeriesRequest {
  const reach = query.type === 'unique_ips' ? SKETCH_MINUTES_REACH : MINUTES_REACH;
  const asked = seriesRangeOf(whole(timeRangeOf(query, now), reach, now), query, now, reach);
  const { from, to, interval, timezone } = asked;
  const starts = bucketStarts(from, to, interval, timezone, Infinity);
  if (isByClock(interval) && starts.some((start, index) => index > 0 && start % QUARTER_HOUR !== 0)) {
    const message = 'was not a whole number of quarter hours from UTC in this time; UTC fits';
    refuse([{ field: 'timezone', message }]);
  }
  return { type: query.type, ...asked, starts };
}

/** The window of GET /api/v1/access/top at a moment: whole hours of what is counted by hour, else as seriesRequest has it. */
export function topWindow(query: AccessTopQuery, now: Micros): AccessWindow {
  const asked = timeRangeOf(query, now);
  const byHour = (HOUR_DIMENSIONS as readonly AccessDimension[]).includes(query.by);
  return byHour
    ? { from: floorTo(asked.from, HOUR), to: ceilTo(asked.to, HOUR) }
    : whole(asked, MINUTES_REACH, now);
}

function whole({ from, to }: AccessWindow, reach: MinutesReach, now: Micros): AccessWindow {
  const first = reachStart(reach, now);
  const unitAt = (time: Micros) => (time >= first ? MINUTE : QUARTER_HOUR);
  return { from: floorTo(from, unitAt(from)), to: ceilTo(to, unitAt(to)) };
}
