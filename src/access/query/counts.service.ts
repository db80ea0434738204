import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { AccessStats } from '../../core/access-stats.js';
import { Cache, type Cached } from '../../core/cache.js';
import { Clock } from '../../core/clock.js';
import type { Interval, LatencyValues } from '../../core/event-stats.js';
import { formatRfc3339 } from '../../core/rfc3339.js';
import { STATUS_CLASSES, noStatuses, type StatusCounts } from '../../core/status-classes.js';
import type { Top } from '../../core/top.js';
import { seriesQuestion, topWindow, type SeriesQuestion } from './counts-question.js';
import type { AccessSeriesQuery, AccessTopQuery, SeriesType } from './counts.dto.js';

export interface RequestValues {
  count: number;
  /** Of status 400 and above. */
  errors: number;
  statuses: StatusCounts;
}
export type SeriesValues = RequestValues | LatencyValues | { unique_ips: number };

export interface AccessSeriesData {
  type: SeriesType;
  from: string;
  to: string;
  interval: Interval;
  timezone: string;
  series: ({ time: string } & SeriesValues)[];
  totals: SeriesValues;
}

export interface AccessTopData extends Top {
  by: string;
  order: string;
  from: string;
  to: string;
}

/** Answers of counts of access entries under /api/v1, kept for STATS_CACHE_SECONDS; what comes in meanwhile does not make them stale. */
@Injectable()
export class AccessCountsService {
  constructor(
    private readonly stats: AccessStats,
    private readonly cache: Cache,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws SightlineError `validation_error` for a question that is too fine */
  series(projectId: number, query: AccessSeriesQuery, fresh: boolean): Promise<Cached<AccessSeriesData>> {
    // refused before the cache is asked: what is kept is of questions that may be asked
    const question = seriesQuestion(query, this.clock.nowMs() * 1000);
    const { type, interval, timezone } = question;
    const key = `series ${JSON.stringify([query.range, query.from, query.to, type, interval, timezone])}`;
    return this.kept(projectId, key, fresh, async () => {
      const { totals, points } = await COUNT[type](this.stats, projectId, question);
      const series = question.starts.map((start, index) => ({
        time: formatRfc3339(start),
        ...points[index],
      }));
      const [from, to] = [formatRfc3339(question.from), formatRfc3339(question.to)];
      return { type, from, to, interval, timezone, series, totals };
    });
  }

  /** @throws SightlineError `validation_error` */
  top(projectId: number, query: AccessTopQuery, fresh: boolean): Promise<Cached<AccessTopData>> {
    const { by, order = 'count', limit = 10 } = query;
    const window = topWindow(query, this.clock.nowMs() * 1000);
    const key = `top ${JSON.stringify([query.range, query.from, query.to, by, order, limit])}`;
    return this.kept(projectId, key, fresh, async () => {
      const top = await this.stats.top(projectId, window, { dimension: by, order, limit });
      return { by, order, from: formatRfc3339(window.from), to: formatRfc3339(window.to), ...top };
    });
  }

  private kept<T>(
    projectId: number,
    key: string,
    fresh: boolean,
    compute: () => Promise<T>,
  ): Promise<Cached<T>> {
    const keepMs = this.config.statsCacheS * 1000;
    return this.cache.getOrCompute(`access ${projectId}`, key, keepMs, compute, fresh);
  }
}

type Count = (
  stats: AccessStats,
  projectId: number,
  question: SeriesQuestion,
) => Promise<{ totals: SeriesValues; points: SeriesValues[] }>;

const COUNT: Record<SeriesType, Count> = {
  requests: async (stats, projectId, { starts, ...window }) => {
    const points = await stats.statuses(projectId, window, starts);
    return { totals: requestValues(summed(points)), points: points.map(requestValues) };
  },
  latency: async (stats, projectId, { starts, ...window }) => {
    const { total, series } = await stats.latency(projectId, window, starts);
    return { totals: total, points: series };
  },
  unique_ips: async (stats, projectId, { starts, ...window }) => {
    const { total, series } = await stats.uniqueIps(projectId, window, starts);
    return { totals: { unique_ips: total }, points: series.map((unique_ips) => ({ unique_ips })) };
  },
};

function requestValues(statuses: StatusCounts): RequestValues {
  const count = STATUS_CLASSES.reduce((sum, name) => sum + statuses[name], 0);
  return { count, errors: statuses['4xx'] + statuses['5xx'], statuses };
}

function summed(points: readonly StatusCounts[]): StatusCounts {
  const sum = noStatuses();
  for (const point of points) for (const name of STATUS_CLASSES) sum[name] += point[name];
  return sum;
}
