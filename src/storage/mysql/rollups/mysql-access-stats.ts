import {
  AccessStats,
  type AccessDimension,
  type AccessWindow,
  type ValueCount,
} from '../../../core/access-stats.js';
import type { Clock } from '../../../core/clock.js';
import type { LatencyValues } from '../../../core/event-stats.js';
import type { Micros } from '../../../core/event.js';
import { LatencyHistogram } from '../../../core/latency-histogram.js';
import { latencyValues } from '../../../core/latency-values.js';
import { minuteFloor, sketchMinuteFloor, TIERS, type Tier } from '../../../core/time-cover.js';
import type { Mysql } from '../mysql.js';
import { countUniques, type UniqueCounts } from './count-uniques.js';
import { DIMENSIONS } from './dimensions.js';
import { selectLatency } from './queries/select-latency.js';
import { selectSeries } from './queries/select-series.js';
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

  async series(projectId: number, window: AccessWindow, starts: readonly Micros[]): Promise<number[]> {
    const counted = this.counted(projectId, window, starts, TIERS);
    const byPoint = await selectSeries(this.mysql.query, counted, starts);
    return starts.map((_, index) => byPoint.get(index + 1) ?? 0);
  }

  async latency(projectId: number, window: AccessWindow): Promise<LatencyValues> {
    const counted = this.counted(projectId, window, [window.from], TIERS);
    const { durations, bins } = await selectLatency(this.mysql.query, counted);
    const histogram = new LatencyHistogram();
    histogram.add([...bins.keys()], [...bins.values()]);
    return latencyValues(durations, histogram);
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
