import { askedSeries, askedWindow } from '../api/asked-window.js';
import type { StatsQuestion } from '../core/event-stats.js';
import type { Micros } from '../core/event.js';
import { MINUTES_REACH } from '../core/time-cover.js';
import type { StatsQuery } from './stats-query.js';

/** What a query asks at a moment. @throws SightlineError `validation_error`, naming the interval that fits where one is too fine. */
export function statsQuestion(query: StatsQuery, now: Micros): StatsQuestion {
  const asked = askedSeries(askedWindow(query, now), query, now, MINUTES_REACH);
  return { type: query.type, ...asked, groupBy: query.group_by };
}
