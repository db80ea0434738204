import { floorTo, lastWhole } from '../../core/counting/time-cover.js';
import type { AccessWindow } from '../../core/ports/access-stats.js';
import { DAY, HOUR, MINUTE, QUARTER_HOUR, type Micros } from '../../core/time.js';

/** How far back a query reaches. */
export const RANGES = ['hour', 'day', 'week'] as const;
export type Range = (typeof RANGES)[number];

/** Of a range: its length, and the whole steps at which its window may begin. */
const LENGTHS: Record<Range, { length: Micros; step: Micros }> = {
  hour: { length: HOUR, step: MINUTE },
  day: { length: DAY, step: QUARTER_HOUR },
  week: { length: 7 * DAY, step: HOUR },
};

/**
 * The window of a range: all of the last hour, day or week, made up to whole minutes, quarter hours or hours at the beginning,
 * so that it can be counted without looking at rows. It ends with the current minute.
 */
export function windowOf(range: Range, now: Micros): AccessWindow {
  const { length, step } = LENGTHS[range];
  return lastWhole(length, now, step);
}

const ENTRY_POINTS: Record<Range, Micros> = { hour: MINUTE, day: HOUR, week: HOUR };
const UNIQUE_POINTS: Record<Range, Micros> = { hour: QUARTER_HOUR, day: HOUR, week: DAY };

/** Where the points of a series of entries begin: minutes of an hour, hours of a day or week. The first may be cut short. */
export function entryPoints(range: Range, window: AccessWindow): Micros[] {
  return pointsOf(window, ENTRY_POINTS[range]);
}

/** The same of unique addresses: quarter hours of an hour, hours of a day, days (UTC) of a week. */
export function uniquePoints(range: Range, window: AccessWindow): Micros[] {
  return pointsOf(window, UNIQUE_POINTS[range]);
}

function pointsOf({ from, to }: AccessWindow, width: Micros): Micros[] {
  const starts = [from];
  for (let start = floorTo(from, width) + width; start < to; start += width) starts.push(start);
  return starts;
}
