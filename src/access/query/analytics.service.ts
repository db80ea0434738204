import { Injectable } from '@nestjs/common';
import { formatHour, hourSummary, summaryOf } from '../../core/access-summary.js';
import { floorTo } from '../../core/counting/time-cover.js';
import type { FieldError } from '../../core/errors.js';
import { AccessStats, type AccessWindow } from '../../core/ports/access-stats.js';
import { Cache } from '../../core/ports/cache.js';
import { Clock } from '../../core/ports/clock.js';
import { parseRfc3339 } from '../../core/records/rfc3339.js';
import { HOUR, type Micros } from '../../core/time.js';
import { refuse } from '../../http/query/query-parameters.js';
import type { AnalyticsQuery, HourSummary, RangeSummary } from './analytics.dto.js';
import { TIME_CODES } from './logs.dto.js';

/** A window may have ten thousand paths of its own each day: see ROLLUP_MAX_NAMES. */
const MOST_DAYS = 31;

/** Summaries of whole hours, as the archive writes them. */
@Injectable()
export class AnalyticsService {
  constructor(
    private readonly stats: AccessStats,
    private readonly cache: Cache,
    private readonly clock: Clock,
  ) {}

  /** @throws SightlineError `validation_error`, `invalid_start_time`, `invalid_end_time` */
  async summary(projectId: number, query: AnalyticsQuery): Promise<string> {
    const nowMs = this.clock.nowMs();
    const window = questionOf(query, nowMs * 1000);
    const isHour = query.from === undefined;
    const compute = async (): Promise<HourSummary | RangeSummary> => {
      if (isHour) return hourSummary(this.stats, projectId, window.from, nowMs);
      const summary = await summaryOf(this.stats, projectId, window, nowMs);
      return { from: formatHour(window.from), to: formatHour(window.to), ...summary };
    };
    // Not cached, but concurrent requests share one computation.
    const key = `analytics ${isHour} ${window.from} ${window.to}`;
    return (await this.cache.getOrSerialize(`access ${projectId}`, key, 0, compute)).json;
  }
}

function questionOf(query: AnalyticsQuery, now: Micros): AccessWindow {
  const errors: FieldError[] = [];
  const whole = (field: 'hour' | 'from' | 'to'): Micros | undefined => {
    const text = query[field];
    const time = text === undefined ? null : parseRfc3339(text);
    if (time === null) return undefined;
    if (time % HOUR !== 0) errors.push({ field, message: 'must be a whole hour (UTC)' });
    return time;
  };
  const [hour, from, to] = [whole('hour'), whole('from'), whole('to')];
  const current = floorTo(now, HOUR);
  if (hour !== undefined && (from !== undefined || to !== undefined)) {
    errors.push({ field: 'hour', message: 'cannot be combined with from and to' });
  }
  if (to !== undefined && from === undefined) errors.push({ field: 'from', message: 'is missing' });
  const window =
    from === undefined
      ? { from: hour ?? current, to: (hour ?? current) + HOUR }
      : { from, to: to ?? current + HOUR };
  if (window.from >= window.to) errors.push({ field: 'to', message: 'must be after from' });
  if (window.to - window.from > MOST_DAYS * 24 * HOUR) {
    errors.push({ field: 'from', message: `must not be more than ${MOST_DAYS} days before to` });
  }
  refuse(errors, TIME_CODES);
  return window;
}
