import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { onePoint } from '../../core/counting/time-cover.js';
import { AccessStats, type AccessWindow } from '../../core/ports/access-stats.js';
import { Cache, type Cached } from '../../core/ports/cache.js';
import { Clock } from '../../core/ports/clock.js';
import { formatRfc3339 } from '../../core/records/rfc3339.js';
import type { Micros } from '../../core/time.js';
import type { AccessStatsAnswer, StatsType } from './stats.dto.js';
import { entryPoints, uniquePoints, windowOf, type Range } from './window.js';

type DataOf<Type extends StatsType> = Extract<AccessStatsAnswer, { type: Type }>['data'];

type Compute<Type extends StatsType> = (
  stats: AccessStats,
  projectId: number,
  window: AccessWindow,
  range: Range,
) => Promise<DataOf<Type>>;

/** Answers of counts, kept for as long as the settings say of their range; what comes in meanwhile does not make them stale. */
@Injectable()
export class AccessStatsService {
  private readonly keepMs: Record<Range, number>;

  constructor(
    private readonly stats: AccessStats,
    private readonly cache: Cache,
    private readonly clock: Clock,
    @Inject(CONFIG) config: Config,
  ) {
    this.keepMs = {
      hour: config.accessCacheHourS * 1000,
      day: config.accessCacheDayS * 1000,
      week: config.accessCacheWeekS * 1000,
    };
  }

  answer(projectId: number, type: StatsType, range: Range, fresh: boolean): Promise<Cached> {
    const compute = async () => {
      const window = windowOf(range, this.clock.nowMs() * 1000);
      const data = await COMPUTE[type](this.stats, projectId, window, range);
      const [from, to] = [formatRfc3339(window.from), formatRfc3339(window.to)];
      return { type, from, to, data };
    };
    return this.cache.getOrSerialize(
      `access ${projectId}`,
      `${type} ${range}`,
      this.keepMs[range],
      compute,
      fresh,
    );
  }
}

const COMPUTE: { [Type in StatsType]: Compute<Type> } = {
  errors: async (stats, projectId, window) => {
    const counts = await stats.counts(projectId, window, 'status');
    const errors = counts.filter(({ value }) => Number(value) >= 400);
    return Object.fromEntries(errors.map(({ value, count }) => [value, count]));
  },
  traffic: async (stats, projectId, window) => {
    const [[total], uniques] = await Promise.all([
      stats.series(projectId, onePoint(window)),
      stats.uniqueIps(projectId, onePoint(window)),
    ]);
    return { total_request: total, unique_ips: uniques.total };
  },
  latency: async (stats, projectId, window) => {
    const { total } = await stats.latency(projectId, onePoint(window));
    const { avg, max, p50, p95, p99 } = total;
    return { avg_latency: avg, max_latency: max, p50_latency: p50, p95_latency: p95, p99_latency: p99 };
  },
  logs: async (stats, projectId, window, range) => {
    const starts = entryPoints(range, window);
    const counts = await stats.series(projectId, { ...window, starts });
    return { series: times(starts).map((time, k) => ({ time, count: counts[k] })) };
  },
  unique_ips: async (stats, projectId, window, range) => {
    const starts = uniquePoints(range, window);
    const { total, series } = await stats.uniqueIps(projectId, { ...window, starts });
    return { unique_ips: total, series: times(starts).map((time, k) => ({ time, unique_ips: series[k] })) };
  },
};

function times(starts: readonly Micros[]): string[] {
  return starts.map(formatRfc3339);
}
