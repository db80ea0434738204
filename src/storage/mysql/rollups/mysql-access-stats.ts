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
import { minuteFloor, sketchMinuteFloor, TIERS, type Tier } from '../../../core/time-cover.js';
import { topOf, type Top } from '../../../core/top.js';
import type { Mysql } from '../mysql.js';
import { countUniques, type UniqueCounts } from './count-uniques.js';
import { DIMENSIONS } from './dimensions.js';
import { selectLatency } from './queries/select-latency.js';
import { selectSeries } from './queries/select-series.js';
import { selectStatuses } from './queries/select-statuses.js';
import { selectTop } from './queries/select-top.js';
import { selectValues } from './queries/select-values.js';
import { windowSql, type WindowSql } from './window-sql.js';

/** Counts from the rollups and their deltas; one statement, or one snapshot, a question. */
export class MysqlAccessStats extends AccessStats {
  constructor(
    private readonly mysql: Pick<Mysql, 'query'>,
    private readonly clock: Clock,
  ) {
    super();
  }

  async counts(projectId: number, window: AccessWindow, dimension: AccessDimension): Promise<ValueCount[]> {
    const asked = DIMENSIONS[dimension];
    return selectValues(this.mysql.query, this.counted(projectId, window, [window.from], asked.tiers), asked);
  }

  async top(projectId: number, window: AccessWindow, { dimension, order, limit }: TopRequest): Promise<Top> {
    const asked = DIMENSIONS[dimension];
    const counted = this.counted(projectId, window, [window.from], asked.tiers);
    const { found, total } = await selectTop(this.mysql.query, counted, asked, order, limit);
    return topOf(found, total);
  }

  async series(projectId: number, window: AccessWindow, starts: readonly Micros[]): Promise<number[]> {
    const counted = this.counted(projectId, window, starts, TIERS);
    const byPoint = await selectSeries(this.mysql.query, counted, starts);
    return starts.map((_, index) => byPoint.get(index + 1) ?? 0);
  }

  async statuses(
    projectId: number,
    window: AccessWindow,
    starts: readonly Micros[],
  ): Promise<StatusCounts[]> {
    const counted = this.counted(projectId, window, starts, TIERS);
    return statusCounts(starts.length, await selectStatuses(this.mysql.query, counted, starts));
  }

  async latency(projectId: number, window: AccessWindow, starts: readonly Micros[]): Promise<LatencySeries> {
    return selectLatency(this.mysql.query, this.counted(projectId, window, starts, TIERS), starts);
  }

  async uniqueIps(projectId: number, window: AccessWindow, starts: readonly Micros[]): Promise<UniqueCounts> {
    return countUniques(this.mysql.query, projectId, { ...window, starts }, sketchMinuteFloor(this.now()));
  }

  private counted(
    projectId: number,
    window: AccessWindow,
    starts: readonly Micros[],
    tiers: readonly Tier[],
  ): WindowSql {
    return windowSql(projectId, { ...window, starts }, tiers, minuteFloor(this.now()));
  }

  private now(): Micros {
    return this.clock.nowMs() * 1000;
  }
}
