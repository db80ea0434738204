import { askedSeries, askedWindow, reachStart, type AskedSeries } from '../../api/asked-window.js';
import { refuse } from '../../api/query-parameters.js';
import { HOUR_DIMENSIONS, type AccessDimension, type AccessWindow } from '../../core/access-stats.js';
import type { Micros } from '../../core/event.js';
import { bucketStarts, isByClock } from '../../core/time-buckets.js';
import { MINUTES_REACH, SKETCH_MINUTES_REACH, type MinutesReach } from '../../core/time-cover.js';
import type { AccessSeriesQuery, AccessTopQuery, SeriesType } from './counts.dto.js';

const MINUTE: Micros = 60_000_000;
const QUARTER = 15 * MINUTE;
const HOUR = 60 * MINUTE;

/** A series to be counted: its window is whole enough for AccessStats. */
export interface SeriesQuestion extends AskedSeries {
  type: SeriesType;
  /** Where the points begin; the first may begin before `from`. */
  starts: Micros[];
}

/**
 * What GET /api/v1/access/stats asks at a moment. Entries may have no rows, so its window is made up to whole minutes, or to
 * whole quarter hours further back than there are minutes.
 * @throws SightlineError `validation_error`, naming the interval that fits where one is too fine.
 */
export function seriesQuestion(query: AccessSeriesQuery, now: Micros): SeriesQuestion {
  const reach = query.type === 'unique_ips' ? SKETCH_MINUTES_REACH : MINUTES_REACH;
  const asked = askedSeries(whole(askedWindow(query, now), reach, now), query, now, reach);
  const { from, to, interval, timezone } = asked;
  const starts = bucketStarts(from, to, interval, timezone, Infinity);
  if (isByClock(interval) && starts.some((start, index) => index > 0 && start % QUARTER !== 0)) {
    const message = 'was not a whole number of quarter hours from UTC in this time; UTC fits';
    refuse([{ field: 'timezone', message }]);
  }
  return { type: query.type, ...asked, starts };
}

/** The window of GET /api/v1/access/top at a moment: whole hours of what is counted by hour, else as seriesQuestion has it. */
export function topWindow(query: AccessTopQuery, now: Micros): AccessWindow {
  const asked = askedWindow(query, now);
  const byHour = (HOUR_DIMENSIONS as readonly AccessDimension[]).includes(query.by);
  return byHour
    ? { from: floorTo(asked.from, HOUR), to: ceilTo(asked.to, HOUR) }
    : whole(asked, MINUTES_REACH, now);
}

function whole({ from, to }: AccessWindow, reach: MinutesReach, now: Micros): AccessWindow {
  const first = reachStart(reach, now);
  const unitAt = (time: Micros) => (time >= first ? MINUTE : QUARTER);
  return { from: floorTo(from, unitAt(from)), to: ceilTo(to, unitAt(to)) };
}

function floorTo(time: Micros, unit: Micros): Micros {
  return Math.floor(time / unit) * unit;
}

function ceilTo(time: Micros, unit: Micros): Micros {
  return Math.ceil(time / unit) * unit;
}
