import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import { version } from '../config/package.js';
import type { Config } from '../config/settings.js';
import { MINUTES_REACH, SKETCH_MINUTES_REACH } from '../core/counting/time-cover.js';
import { Cache, type Cached } from '../core/ports/cache.js';
import { Clock } from '../core/ports/clock.js';
import { EventStats, type EventMetrics, type StatsRequest } from '../core/ports/event-stats.js';
import { StoreHealth } from '../core/ports/store-health.js';
import { formatRfc3339 } from '../core/records/rfc3339.js';
import type { Micros } from '../core/time.js';
import type { Unwarned } from '../http/query/series.dto.js';
import { timeRangeOf, seriesRangeOf } from '../http/query/time-range.js';
import type { Status, StatsQuery, TopEventValues, TopQuery } from './stats.dto.js';

/** Answers of counts, kept for STATS_CACHE_SECONDS or until their project stores something. */
@Injectable()
export class StatsService {
  private readonly startedAt: string;

  constructor(
    private readonly events: EventStats,
    private readonly cache: Cache,
    private readonly store: StoreHealth,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.startedAt = new Date(clock.nowMs() - process.uptime() * 1000).toISOString();
  }

  /** @throws SightlineError `validation_error` for a query that is too fine */
  async stats(projectId: number, query: StatsQuery, fresh: boolean): Promise<Cached> {
    // validated before the cache is asked, which holds valid queries only
    const request = statsRequest(query, this.now());
    const asked = [query.range, query.from, query.to, request.type, request.interval, request.timezone];
    const key = `stats ${JSON.stringify([...asked, request.groupBy])}`;
    return this.kept(projectId, key, fresh, async () => {
      const { series, totals } = await this.events.stats(projectId, request);
      const { type, interval, timezone } = request;
      const [from, to] = [formatRfc3339(request.from), formatRfc3339(request.to)];
      return { type, from, to, interval, timezone, series, totals };
    });
  }

  /** @throws SightlineError `validation_error` */
  async top(projectId: number, query: TopQuery, fresh: boolean): Promise<Cached> {
    const { by, limit = 10 } = query;
    const { from, to } = timeRangeOf(query, this.now());
    const key = `top ${JSON.stringify([query.range, query.from, query.to, by, limit])}`;
    return this.kept(projectId, key, fresh, async () => {
      const top = await this.events.top(projectId, { by, from, to, limit });
      const [since, until] = [formatRfc3339(from), formatRfc3339(to)];
      return { by, from: since, to: until, ...top } satisfies Unwarned<TopEventValues>;
    });
  }

  metrics(projectId: number, fresh: boolean): Promise<Cached> {
    return this.kept(projectId, 'metrics', fresh, () => this.events.metrics(projectId, this.now()));
  }

  /** Answers while the database is down too: that is when it is needed. */
  async status(projectId: number): Promise<Status> {
    const up = await this.store.isUp();
    const metrics = up ? (JSON.parse((await this.metrics(projectId, false)).json) as EventMetrics) : null;
    return {
      service: {
        name: 'sightline',
        version,
        uptime: Math.round(process.uptime()),
        started_at: this.startedAt,
      },
      database: { status: up ? 'up' : 'down', total_logs: metrics?.total_logs ?? null },
      metrics,
    };
  }

  private kept(
    projectId: number,
    key: string,
    fresh: boolean,
    compute: () => Promise<object>,
  ): Promise<Cached> {
    const keepMs = this.config.statsCacheS * 1000;
    return this.cache.getOrSerialize(String(projectId), key, keepMs, compute, fresh);
  }

  private now(): number {
    return this.clock.nowMs() * 1000;
  }
}

/** What a query asks at a moment. @throws SightlineError `validation_error`, naming the interval that fits where one is too fine. */
export function statsRequest(query: StatsQuery, now: Micros): StatsRequest {
  const { type } = query;
  const reach = type === 'users' || type === 'sessions' ? SKETCH_MINUTES_REACH : MINUTES_REACH;
  const asked = seriesRangeOf(timeRangeOf(query, now, reach), query, now, MINUTES_REACH);
  return { type, ...asked, groupBy: query.group_by };
}
