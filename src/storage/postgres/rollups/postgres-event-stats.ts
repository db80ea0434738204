import type { Clock } from '../../../core/clock.js';
import {
  EventStats,
  type EventMetrics,
  type StatsAnswer,
  type StatsQuestion,
  type TopQuestion,
} from '../../../core/event-stats.js';
import type { Micros } from '../../../core/event.js';
import { formatRfc3339 } from '../../../core/rfc3339.js';
import { bucketStarts, INTERVAL_MICROS } from '../../../core/time-buckets.js';
import { minuteFloor, TIERS } from '../../../core/time-cover.js';
import { topOf, type Top } from '../../../core/top.js';
import type { Window } from '../../../core/window-runs.js';
import type { Database } from '../database.js';
import { EVENTS } from './counted-events.js';
import { dimensionOf } from './counted-source.js';
import { selectCounts } from './queries/select-counts.js';
import { selectDistinct } from './queries/select-distinct.js';
import { selectLatency } from './queries/select-latency.js';
import { selectMetrics } from './queries/select-metrics.js';
import { selectTop } from './queries/select-top.js';
import { countAnswer, errorValues, latencyAnswer, seriesOf } from './series.js';
import { countUniques } from './unique-counts.js';
import { windowValues } from './window.js';

const HOUR = INTERVAL_MICROS['1h'];
const QUARTER = INTERVAL_MICROS['15m'];
const DAY = 24 * HOUR;

/** Counts from the rollups, their deltas, and the rows at the ragged ends of a window; one statement a question. */
export class PostgresEventStats extends EventStats {
  constructor(
    private readonly database: Pick<Database, 'query'>,
    private readonly clock: Clock,
  ) {
    super();
  }

  async metrics(projectId: number, now: Micros): Promise<EventMetrics> {
    // what happened in this very microsecond counts; the devices' clocks that are ahead do not
    const to = now + 1;
    const window = { from: now - DAY, to, starts: [now - DAY, now - HOUR] };
    const values = windowValues(EVENTS, projectId, window, TIERS, minuteFloor(now));
    const [sessionsFrom, usersFrom] = [formatRfc3339(now - HOUR / 2), formatRfc3339(now - HOUR)];
    const found = await selectMetrics(this.database.query, values, sessionsFrom, usersFrom);
    return {
      total_logs: found.types.reduce((sum, { count }) => sum + count, 0),
      logs_last_hour: found.logs_last_hour,
      logs_last_day: found.logs_last_day,
      average_latency_ms: found.duration_n === 0 ? 0 : found.duration_sum / found.duration_n,
      error_rate_percent: errorValues({ n: found.logs_last_day, errors: found.errors }).rate,
      active_sessions: found.active_sessions,
      active_users: found.active_users,
      top_event_types: found.types,
    };
  }

  async stats(projectId: number, question: StatsQuestion): Promise<StatsAnswer> {
    const { from, to, type } = question;
    const window = {
      from,
      to,
      starts: bucketStarts(from, to, question.interval, question.timezone, Infinity),
    };
    if (type === 'users') return this.uniques(projectId, question, window, 'user');
    if (type === 'sessions') return this.uniques(projectId, question, window, 'session');
    const group = question.groupBy ?? null;
    const values = windowValues(EVENTS, projectId, window, TIERS, this.firstMinute());
    if (type === 'latency') {
      const parts = await selectLatency(this.database.query, EVENTS, values, group);
      return latencyAnswer(window.starts, parts, group !== null);
    }
    const counted = await selectCounts(
      this.database.query,
      EVENTS,
      values,
      group,
      type === 'errors' ? 'errors' : 'n',
    );
    return countAnswer(
      window.starts,
      counted,
      group !== null,
      type === 'errors' ? errorValues : (row) => ({ count: row.n }),
    );
  }

  async top(projectId: number, { by, from, to, limit }: TopQuestion): Promise<Top> {
    const { tiers } = dimensionOf(EVENTS, by);
    const values = windowValues(EVENTS, projectId, { from, to, starts: [from] }, tiers, this.firstMinute());
    const request = { dimension: by, order: 'count', limit } as const;
    const { found, total } = await selectTop(this.database.query, EVENTS, values, request);
    return topOf(found, total);
  }

  // Sketches where they are within 2 %, and exact below 10,000; the rows where a window is under an hour, or each point under
  // the quarter of one that a sketch is of.
  private uniques(
    projectId: number,
    question: StatsQuestion,
    window: Window,
    kind: 'user' | 'session',
  ): Promise<StatsAnswer> {
    const short = window.to - window.from < HOUR || INTERVAL_MICROS[question.interval] < QUARTER;
    return short || question.groupBy
      ? this.distinct(projectId, question, window, kind)
      : this.sketched(projectId, window, kind);
  }

  private async distinct(
    projectId: number,
    question: StatsQuestion,
    window: Window,
    kind: 'user' | 'session',
  ): Promise<StatsAnswer> {
    const group = question.groupBy ?? null;
    const counted = await selectDistinct(this.database.query, projectId, window, kind, group);
    const found = counted.flatMap(({ point, value, n }) =>
      point === null ? [] : [{ point, group: value ?? '', values: { count: n } }],
    );
    const total = counted.find(({ point }) => point === null);
    return {
      series: seriesOf(window.starts, found, group !== null, { count: 0 }),
      totals: { count: total?.n ?? 0 },
    };
  }

  private async sketched(projectId: number, window: Window, kind: 'user' | 'session'): Promise<StatsAnswer> {
    const asked = { projectId, window, firstMinute: this.firstMinute() };
    const { total, series } = await countUniques(this.database.query, EVENTS, kind, asked);
    return {
      series: series.map((count, index) => ({ time: formatRfc3339(window.starts[index]), count })),
      totals: { count: total },
    };
  }

  private firstMinute(): Micros {
    return minuteFloor(this.clock.nowMs() * 1000);
  }
}
