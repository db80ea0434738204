import { type Cells, type CountsByPoint, Measures, latencyOf } from '../../core/counting/cells.js';
import { OTHER } from '../../core/counting/kind.js';
import { bucketStarts } from '../../core/counting/time-buckets.js';
import {
  lastWhole,
  minuteFloor,
  onePoint,
  sketchMinuteFloor,
  type Window,
} from '../../core/counting/time-cover.js';
import { topOf, type Top } from '../../core/counting/top.js';
import type { Clock } from '../../core/ports/clock.js';
import {
  EventStats,
  type ErrorValues,
  type EventMetrics,
  type SeriesPoint,
  type StatsAnswer,
  type StatsRequest,
  type StatsType,
  type StatsValues,
  type TopRequest,
} from '../../core/ports/event-stats.js';
import { formatRfc3339 } from '../../core/records/rfc3339.js';
import { DAY, HOUR, type Micros } from '../../core/time.js';
import { MAX_GROUPS, type DistinctByGroup } from './distinct-by-group.js';
import type { WindowCounts } from './window-counts.js';

/** Counts from the rollups and what is not in them yet, and from the rows at the ragged ends of a window. */
export class RollupEventStats extends EventStats {
  constructor(
    private readonly windows: WindowCounts,
    private readonly distinct: DistinctByGroup,
    private readonly clock: Clock,
  ) {
    super();
  }

  async metrics(projectId: number, now: Micros): Promise<EventMetrics> {
    const unique = async (kind: 'user' | 'session', length: Micros): Promise<number> => {
      const window = onePoint(lastWhole(length, now));
      return (await this.windows.uniques({ projectId, window, kind, firstMinute: sketchMinuteFloor(now) }))
        .total;
    };
    const day = lastWhole(DAY, now);
    const window = { ...day, starts: [day.from, lastWhole(HOUR, now).from] };
    const [points, types, users, sessions] = await Promise.all([
      this.windows.points({ projectId, window, dimension: 'all', firstMinute: minuteFloor(now) }),
      this.windows.totals(projectId, 'event_type'),
      unique('user', HOUR),
      unique('session', HOUR / 2),
    ]);
    const lastDay = sumOf(points);
    return {
      total_logs: [...types.values()].reduce((sum, n) => sum + n, 0),
      logs_last_hour: sumOf([points[1]]).n,
      logs_last_day: lastDay.n,
      average_latency_ms: lastDay.timed === 0 ? 0 : lastDay.sum / lastDay.timed,
      error_rate_percent: errorValues(lastDay).rate,
      active_sessions: sessions,
      active_users: users,
      top_event_types: [...types]
        .map(([event_type, count]) => ({ event_type, count }))
        .sort((a, b) => b.count - a.count || (a.event_type < b.event_type ? -1 : 1)),
    };
  }

  async stats(projectId: number, query: StatsRequest): Promise<StatsAnswer> {
    const { from, to, type, groupBy } = query;
    const starts = bucketStarts(from, to, query.interval, query.timezone, Infinity);
    const window = { from, to, starts };
    if (type === 'users') return this.uniques(projectId, query, window, 'user');
    if (type === 'sessions') return this.uniques(projectId, query, window, 'session');
    const histograms = type === 'latency';
    const asked = { projectId, window, dimension: groupBy ?? 'all', firstMinute: minuteFloor(this.now()) };
    if (groupBy && !histograms) return groupedAnswer(starts, await this.windows.table(asked), type);
    const points = await this.windows.points({ ...asked, histograms });
    if (groupBy) return groupedAnswer(starts, byPoint(points), type);
    const values = VALUES[type];
    const series = points.map((cells, i) => ({ time: formatRfc3339(starts[i]), ...values(cells.of('')) }));
    return { series, totals: values(sumOf(points)) };
  }

  async top(projectId: number, { by, from, to, limit }: TopRequest): Promise<Top> {
    const firstMinute = minuteFloor(this.now());
    const cells = await this.windows.whole({ projectId, window: { from, to }, dimension: by, firstMinute });
    return topOf(cells, 'count', limit);
  }

  private async uniques(
    projectId: number,
    { groupBy }: StatsRequest,
    window: Window,
    kind: 'user' | 'session',
  ): Promise<StatsAnswer> {
    if (groupBy) return this.distinct.count(projectId, window, { kind, dimension: groupBy });
    const asked = { projectId, window, kind, firstMinute: sketchMinuteFloor(this.now()) };
    const { total, series } = await this.windows.uniques(asked);
    return {
      series: series.map((count, i) => ({ time: formatRfc3339(window.starts[i]), count })),
      totals: { count: total },
    };
  }

  private now(): Micros {
    return this.clock.nowMs() * 1000;
  }
}

type CountedType = Exclude<StatsType, 'users' | 'sessions'>;

const VALUES: Record<CountedType, (measures: Measures) => StatsValues> = {
  logs: ({ n }) => ({ count: n }),
  errors: errorValues,
  latency: latencyOf,
};

/** What groups are put in order by, and which have anything to tell. */
const ORDERS: Record<CountedType, (measures: Measures) => number[]> = {
  logs: ({ n }) => [n],
  errors: ({ n, errors }) => [errors, n],
  latency: ({ timed }) => [timed],
};

function errorValues({ n, errors }: Measures): ErrorValues {
  return { count: errors, total: n, rate: n === 0 ? 0 : (100 * errors) / n };
}

/** By point and group, those with something to tell; the greatest groups are told apart. */
function groupedAnswer(starts: readonly Micros[], points: CountsByPoint, type: CountedType): StatsAnswer {
  const sums = sumsByValue(points, starts.length);
  // put in order once, and not at each point
  const groups = [...greatestGroups(sums, ORDERS[type]), OTHER].sort();
  const ofGroup = new Map(groups.map((group) => [group, new Measures()]));
  const rest = ofGroup.get(OTHER)!;
  const valuesOf = VALUES[type];
  const totals = new Measures();
  const series: SeriesPoint[] = [];
  for (const [point, start] of starts.entries()) {
    const time = formatRfc3339(start);
    points.forEachAt(point, (measures, value) => (ofGroup.get(value) ?? rest).merge(measures));
    for (const [group, measures] of ofGroup) {
      if (measures.n === 0) continue;
      if (type !== 'latency' || measures.timed > 0) series.push({ time, group, ...valuesOf(measures) });
      totals.merge(measures);
      measures.clear();
    }
  }
  return { series, totals: valuesOf(totals) };
}

/** Without what is not needed to put values in order. */
function sumsByValue(points: CountsByPoint, length: number): Map<string, Measures> {
  const sums = new Map<string, Measures>();
  for (let point = 0; point < length; point++) {
    points.forEachAt(point, ({ n, errors, timed }, value) => {
      let sum = sums.get(value);
      if (!sum) sums.set(value, (sum = new Measures()));
      sum.addCounts(n, errors, timed, 0, null);
    });
  }
  return sums;
}

function greatestGroups(sums: Map<string, Measures>, order: (measures: Measures) => number[]): string[] {
  const ordered = [...sums]
    .filter(([value]) => value !== OTHER)
    .map(([value, measures]) => ({ value, by: order(measures) }));
  ordered.sort((a, b) => {
    const differing = a.by.findIndex((number, i) => number !== b.by[i]);
    return differing >= 0 ? b.by[differing] - a.by[differing] : a.value < b.value ? -1 : 1;
  });
  return ordered.slice(0, MAX_GROUPS).map(({ value }) => value);
}

function byPoint(points: readonly Cells[]): CountsByPoint {
  return { forEachAt: (point, visit) => points[point].forEach(visit) };
}

function sumOf(points: readonly Cells[]): Measures {
  const sum = new Measures();
  for (const cells of points) cells.forEach((measures) => sum.merge(measures));
  return sum;
}
