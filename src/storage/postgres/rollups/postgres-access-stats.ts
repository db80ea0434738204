import {
  AccessStats,
  type AccessDimension,
  type AccessWindow,
  type LatencySeries,
  type TopRequest,
  type ValueCount,
} from '../../../core/access-stats.js';
import type { Clock } from '../../../core/clock.js';
import type { Micros } from '../../../core/event.js';
import { statusCounts, type StatusCounts } from '../../../core/status-classes.js';
import { minuteFloor, sketchMinuteFloor, TIERS } from '../../../core/time-cover.js';
import { topOf, type Top } from '../../../core/top.js';
import type { Database } from '../database.js';
import { ACCESS } from './counted-access.js';
import { dimensionOf } from './counted-source.js';
import { selectCounts } from './queries/select-counts.js';
import { selectLatency } from './queries/select-latency.js';
import { selectStatuses } from './queries/select-statuses.js';
import { selectTop } from './queries/select-top.js';
import { selectValues } from './queries/select-values.js';
import { latencySeries } from './series.js';
import { countUniques, type UniqueCounts } from './unique-counts.js';
import { windowValues } from './window.js';

/** Counts from the rollups and their deltas; one statement a question. */
export class PostgresAccessStats extends AccessStats {
  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly clock: Clock,
  ) {
    super();
  }

  async counts(projectId: number, window: AccessWindow, dimension: AccessDimension): Promise<ValueCount[]> {
    return selectValues(this.database.query, ACCESS, this.whole(projectId, window, dimension), dimension);
  }

  async top(projectId: number, window: AccessWindow, request: TopRequest): Promise<Top> {
    const values = this.whole(projectId, window, request.dimension);
    const { found, total } = await selectTop(this.database.query, ACCESS, values, request);
    return topOf(found, total);
  }

  async series(projectId: number, window: AccessWindow, starts: readonly Micros[]): Promise<number[]> {
    const values = this.points(projectId, window, starts);
    const counted = await selectCounts(this.database.query, ACCESS, values, null, 'n');
    const byPoint = new Map(counted.map(({ point, n }) => [point, n]));
    return starts.map((_, index) => byPoint.get(index + 1) ?? 0);
  }

  async statuses(
    projectId: number,
    window: AccessWindow,
    starts: readonly Micros[],
  ): Promise<StatusCounts[]> {
    const values = this.points(projectId, window, starts);
    return statusCounts(starts.length, await selectStatuses(this.database.query, values));
  }

  async latency(projectId: number, window: AccessWindow, starts: readonly Micros[]): Promise<LatencySeries> {
    const values = this.points(projectId, window, starts);
    return latencySeries(starts.length, await selectLatency(this.database.query, ACCESS, values, null));
  }

  async uniqueIps(projectId: number, window: AccessWindow, starts: readonly Micros[]): Promise<UniqueCounts> {
    const firstMinute = sketchMinuteFloor(this.now());
    const asked = { projectId, window: { ...window, starts }, firstMinute };
    return countUniques(this.database.query, ACCESS, 'ip', asked);
  }

  /** Of a dimension, as one point. */
  private whole(projectId: number, window: AccessWindow, dimension: AccessDimension): unknown[] {
    const { tiers } = dimensionOf(ACCESS, dimension);
    const one = { ...window, starts: [window.from] };
    return windowValues(ACCESS, projectId, one, tiers, minuteFloor(this.now()));
  }

  private points(projectId: number, window: AccessWindow, starts: readonly Micros[]): unknown[] {
    return windowValues(ACCESS, projectId, { ...window, starts }, TIERS, minuteFloor(this.now()));
  }

  private now(): Micros {
    return this.clock.nowMs() * 1000;
  }
}
