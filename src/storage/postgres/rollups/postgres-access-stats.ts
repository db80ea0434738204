import {
  AccessStats,
  type AccessDimension,
  type AccessWindow,
  type ValueCount,
} from '../../../core/access-stats.js';
import type { Clock } from '../../../core/clock.js';
import type { LatencyValues } from '../../../core/event-stats.js';
import type { Micros } from '../../../core/event.js';
import { minuteFloor, sketchMinuteFloor, TIERS } from '../../../core/time-cover.js';
import type { Database } from '../database.js';
import { ACCESS } from './counted-access.js';
import { dimensionOf } from './counted-source.js';
import { selectCounts } from './queries/select-counts.js';
import { selectLatency } from './queries/select-latency.js';
import { selectValues } from './queries/select-values.js';
import { latencyTotals } from './series.js';
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
    const { tiers } = dimensionOf(ACCESS, dimension);
    const values = windowValues(ACCESS, projectId, onePoint(window), tiers, this.firstMinute());
    return selectValues(this.database.query, ACCESS, values, dimension);
  }

  async series(projectId: number, window: AccessWindow, starts: readonly Micros[]): Promise<number[]> {
    const values = windowValues(ACCESS, projectId, { ...window, starts }, TIERS, this.firstMinute());
    const counted = await selectCounts(this.database.query, ACCESS, values, null, 'n');
    const byPoint = new Map(counted.map(({ point, n }) => [point, n]));
    return starts.map((_, index) => byPoint.get(index + 1) ?? 0);
  }

  async latency(projectId: number, window: AccessWindow): Promise<LatencyValues> {
    const values = windowValues(ACCESS, projectId, onePoint(window), TIERS, this.firstMinute());
    return latencyTotals(await selectLatency(this.database.query, ACCESS, values, null));
  }

  async uniqueIps(projectId: number, window: AccessWindow, starts: readonly Micros[]): Promise<UniqueCounts> {
    const firstMinute = sketchMinuteFloor(this.now());
    const asked = { projectId, window: { ...window, starts }, firstMinute };
    return countUniques(this.database.query, ACCESS, 'ip', asked);
  }

  private firstMinute(): Micros {
    return minuteFloor(this.now());
  }

  private now(): Micros {
    return this.clock.nowMs() * 1000;
  }
}

function onePoint(window: AccessWindow): AccessWindow & { starts: readonly Micros[] } {
  return { ...window, starts: [window.from] };
}
