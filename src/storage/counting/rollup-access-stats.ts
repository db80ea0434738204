import { Measures, latencyOf } from '../../core/counting/cells.js';
import { minuteFloor, sketchMinuteFloor, type Window } from '../../core/counting/time-cover.js';
import { topOf, type Top } from '../../core/counting/top.js';
import {
  AccessStats,
  type AccessDimension,
  type AccessWindow,
  type LatencySeries,
  type TopRequest,
  type ValueCount,
  statusCounts,
  type StatusCounts,
} from '../../core/ports/access-stats.js';
import type { Clock } from '../../core/ports/clock.js';
import type { Micros } from '../../core/time.js';
import type { UniqueCounts, WindowCounts } from './window-counts.js';

/** Counts from the rollups and what is not in them yet. */
export class RollupAccessStats extends AccessStats {
  constructor(
    private readonly windows: WindowCounts,
    private readonly clock: Clock,
  ) {
    super();
  }

  async counts(projectId: number, window: AccessWindow, dimension: AccessDimension): Promise<ValueCount[]> {
    const cells = await this.whole(projectId, window, dimension);
    return [...cells.entries()]
      .map(([value, { n }]) => ({ value, count: n }))
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  }

  async top(projectId: number, window: AccessWindow, request: TopRequest): Promise<Top> {
    return topOf(await this.whole(projectId, window, request.dimension), request.order, request.limit);
  }

  async series(projectId: number, window: Window): Promise<number[]> {
    return (await this.points(projectId, window)).map(({ n }) => n);
  }

  async statuses(projectId: number, window: Window): Promise<StatusCounts[]> {
    const asked = { projectId, window, firstMinute: this.firstMinute() };
    const points = await this.windows.points({ ...asked, dimension: 'status' });
    const parts = points.flatMap((cells, i) =>
      [...cells.entries()].map(([status, { n }]) => ({ point: i + 1, digit: status.slice(0, 1), n })),
    );
    return statusCounts(window.starts.length, parts);
  }

  async latency(projectId: number, window: Window): Promise<LatencySeries> {
    const points = await this.points(projectId, window, true);
    const total = new Measures();
    for (const measures of points) total.merge(measures);
    return { total: latencyOf(total), series: points.map(latencyOf) };
  }

  uniqueIps(projectId: number, window: Window): Promise<UniqueCounts> {
    const firstMinute = sketchMinuteFloor(this.now());
    return this.windows.uniques({ projectId, window, kind: 'ip', firstMinute });
  }

  private whole(projectId: number, window: AccessWindow, dimension: AccessDimension) {
    return this.windows.whole({ projectId, window, dimension, firstMinute: this.firstMinute() });
  }

  /** All entries of each point. */
  private async points(projectId: number, window: Window, histograms = false): Promise<Measures[]> {
    const asked = { projectId, window, firstMinute: this.firstMinute() };
    const points = await this.windows.points({ ...asked, dimension: 'all', histograms });
    return points.map((cells) => cells.of(''));
  }

  private firstMinute(): Micros {
    return minuteFloor(this.now());
  }

  private now(): Micros {
    return this.clock.nowMs() * 1000;
  }
}
