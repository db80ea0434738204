import { refuse } from '../api/query-parameters.js';
import { INTERVALS, type Interval, type StatsQuestion } from '../core/event-stats.js';
import type { Micros } from '../core/event.js';
import { parseRfc3339 } from '../core/rfc3339.js';
import { bucketStarts, INTERVAL_MICROS } from '../core/time-buckets.js';
import { MINUTES_REACH_DAYS } from '../core/time-cover.js';
import type { Range, StatsQuery } from './stats-query.js';

const MAX_POINTS = 2_000;
const DEFAULT_POINTS = 200;
const HOUR = INTERVAL_MICROS['1h'];
const DAY = 24 * HOUR;
const RANGE_MICROS: Record<Range, Micros> = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY };
/** Who asks for eight days back from a moment ago gets them. */
const GRACE = HOUR;

/** What a query asks at a moment. @throws SightlineError `validation_error`, naming the interval that fits where one is too fine. */
export function statsQuestion(query: StatsQuery, now: Micros): StatsQuestion {
  const { from, to } = windowOf(query, now);
  const timezone = query.timezone ?? 'UTC';
  const fits = (interval: Interval, points: number) =>
    reaches(interval, from, now) && bucketStarts(from, to, interval, timezone, points + 1).length <= points;
  const interval = query.interval ?? INTERVALS.find((one) => fits(one, DEFAULT_POINTS)) ?? '1d';
  if (!fits(interval, MAX_POINTS)) {
    const other = INTERVALS.find((one) => fits(one, MAX_POINTS));
    const problem = reaches(interval, from, now)
      ? `gives more than ${MAX_POINTS} points here`
      : `reaches ${MINUTES_REACH_DAYS} days back`;
    const advice = other ? `${other} fits` : 'no interval fits: ask for less time';
    refuse([{ field: 'interval', message: `${interval} ${problem}; ${advice}` }]);
  }
  return { type: query.type, from, to, interval, timezone, groupBy: query.group_by };
}

function windowOf(query: StatsQuery, now: Micros): { from: Micros; to: Micros } {
  if (query.from === undefined && query.to === undefined) {
    return { from: now - RANGE_MICROS[query.range ?? 'day'], to: now };
  }
  if (query.range !== undefined)
    refuse([{ field: 'range', message: 'does not go together with from and to' }]);
  const from = query.from === undefined ? null : parseRfc3339(query.from);
  const to = query.to === undefined ? now : parseRfc3339(query.to);
  if (from === null) refuse([{ field: 'from', message: 'is missing' }]);
  if (from! >= to!) refuse([{ field: 'from', message: 'must be before to' }]);
  return { from: from!, to: to! };
}

function reaches(interval: Interval, from: Micros, now: Micros): boolean {
  return INTERVAL_MICROS[interval] >= HOUR || from >= now - MINUTES_REACH_DAYS * DAY - GRACE;
}
