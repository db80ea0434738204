import { LRUCache } from 'lru-cache';
import { DAY, DAY_MS, HOUR, MINUTE, QUARTER_HOUR, type Micros } from '../time.js';

/** The finest first. */
export const INTERVALS = ['1m', '5m', '15m', '1h', '3h', '6h', '1d'] as const;
export type Interval = (typeof INTERVALS)[number];

/** Length of an interval in microseconds; a day in a time zone may be an hour or so longer or shorter. */
export const INTERVAL_MICROS: Record<Interval, Micros> = {
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '15m': QUARTER_HOUR,
  '1h': HOUR,
  '3h': 3 * HOUR,
  '6h': 6 * HOUR,
  '1d': DAY,
};

/** Do buckets of this interval depend on the time zone? Minutes are the same everywhere. */
export const isByClock = (interval: Interval): boolean => INTERVAL_MICROS[interval] >= HOUR;

/** Does the runtime know this IANA time zone? */
export function isTimeZone(name: string): boolean {
  try {
    offsetsOf(name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where the buckets of [from, to) begin: hours and days as clocks in the time zone show them (a day of 23, 24 or 25 hours,
 * an hour of a half-hour zone at :30, six hours at 0, 6, 12 and 18 o'clock), minutes as everywhere. The first may begin
 * before `from`.
 * Stops after `limit` buckets.
 */
export function bucketStarts(
  from: Micros,
  to: Micros,
  interval: Interval,
  timeZone: string,
  limit: number,
): Micros[] {
  const next = steps(interval, timeZone);
  const starts: Micros[] = [];
  let [start, end] = next(Math.floor(from / 1000));
  while (start * 1000 < to && starts.length < limit) {
    starts.push(start * 1000);
    [start, end] = next(end);
  }
  return starts;
}

/** From an instant to its bucket's start and end, in milliseconds. */
type Step = (instantMs: number) => [startMs: number, endMs: number];

function steps(interval: Interval, timeZone: string): Step {
  if (interval === '1d') return dayOf(offsetsOf(timeZone));
  const width = INTERVAL_MICROS[interval] / 1000;
  if (isByClock(interval)) return hoursOf(offsetsOf(timeZone), width);
  return (instant) => {
    const start = Math.floor(instant / width) * width;
    return [start, start + width];
  };
}

/** A zone's offset from UTC at an instant, in milliseconds. */
type Offsets = (instantMs: number) => number;

/** Zones in use. Answers ask for the same instants again and again, and a formatter takes 5 to 15 µs for one. */
const zones = new LRUCache<string, Offsets>({ max: 16 });
const MOST_INSTANTS = 4_000;

function offsetsOf(timeZone: string): Offsets {
  if (timeZone === 'UTC') return () => 0;
  let offsetAt = zones.get(timeZone);
  if (!offsetAt) zones.set(timeZone, (offsetAt = remembered(formattedOffsets(timeZone))));
  return offsetAt;
}

function remembered(offsetAt: Offsets): Offsets {
  const known = new LRUCache<number, number>({ max: MOST_INSTANTS });
  return (instant) => {
    let offset = known.get(instant);
    if (offset === undefined) known.set(instant, (offset = offsetAt(instant)));
    return offset;
  };
}

function formattedOffsets(timeZone: string): Offsets {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return (instant) => {
    const match = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(instant));
    if (!match) return 0;
    const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return (match[1] === '-' ? -1000 : 1000) * seconds;
  };
}

// A bucket of hours ends where the clock shows the next bucket, or where the zone's offset changes within it.
function hoursOf(offsetAt: Offsets, width: number): Step {
  return (instant) => {
    const offset = offsetAt(instant);
    const start = Math.floor((instant + offset) / width) * width - offset;
    const end = start + width;
    return [
      offsetAt(start) === offset ? start : firstInstantWith(offsetAt, offset, start, instant),
      offsetAt(end - 1) === offset ? end : firstInstantWithout(offsetAt, offset, instant, end),
    ];
  };
}

function dayOf(offsetAt: Offsets): Step {
  return (instant) => {
    const midnight = Math.floor((instant + offsetAt(instant)) / DAY_MS) * DAY_MS;
    const start = startOfDay(offsetAt, midnight);
    let end = start;
    // a zone that moved across the date line has skipped a whole day
    for (let next = midnight + DAY_MS; end <= instant; next += DAY_MS) end = startOfDay(offsetAt, next);
    return [start, end];
  };
}

// `midnight`: what the clock shows, as if it were UTC.
function startOfDay(offsetAt: Offsets, midnight: number): number {
  const before = offsetAt(midnight - DAY_MS);
  const after = offsetAt(midnight + DAY_MS);
  const early = midnight - before;
  if (offsetAt(early) === before) return early;
  const late = midnight - after;
  if (offsetAt(late) === after) return late;
  // the clocks jumped over midnight: the day begins at the jump
  return firstInstantWithout(offsetAt, before, Math.min(early, late) - 1, early);
}

// The offset is another at `low` and this one at `high`.
function firstInstantWith(offsetAt: Offsets, offset: number, low: number, high: number): number {
  return bisect(low, high, (instant) => offsetAt(instant) === offset);
}

// The offset is this one at `low` and another at `high`.
function firstInstantWithout(offsetAt: Offsets, offset: number, low: number, high: number): number {
  return bisect(low, high, (instant) => offsetAt(instant) !== offset);
}

function bisect(low: number, high: number, reached: (instant: number) => boolean): number {
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reached(middle)) high = middle;
    else low = middle;
  }
  return high;
}
