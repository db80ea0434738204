import { formatRfc3339 } from '../records/rfc3339.js';
import { DAY, HOUR, MINUTE, type Micros } from '../time.js';

/** Widths of rollup buckets in minutes, all aligned to UTC. */
export const TIERS = [1, 15, 60, 1440] as const;
/** Sketches also have quarter days: they are large, so a window should need few of them. */
export const SKETCH_TIERS = [1, 15, 60, 360, 1440] as const;
export type Tier = (typeof SKETCH_TIERS)[number];

/** How far back minute buckets reach, and how messages put it. */
export interface MinutesReach {
  micros: Micros;
  told: string;
}

/** How far a query in minutes reaches back. */
export const MINUTES_REACH: MinutesReach = { micros: 8 * DAY, told: '8 days' };

/** How far a query reaches back in sketches of minutes: they are large, and each minute has one. */
export const SKETCH_MINUTES_REACH: MinutesReach = { micros: 2 * HOUR, told: '2 hours' };

export interface TimeRange {
  /** Inclusive. */
  from: Micros;
  /** Exclusive. */
  to: Micros;
}

/** A stretch of time, and where it is counted: buckets of a tier, or (0) the rows. */
export interface Piece extends TimeRange {
  tier: Tier | 0;
}

/** Minute buckets from here on are kept: a little more than a query may reach, since time passes until it is answered. */
export function minuteFloor(now: Micros): Micros {
  return ceilTo(now - MINUTES_REACH.micros - 2 * HOUR, MINUTE);
}

/** Minute buckets before this may be deleted: a day more than is read, as the clocks of processes differ. */
export function minuteExpiry(now: Micros): Micros {
  return ceilTo(now - MINUTES_REACH.micros - DAY, MINUTE);
}

/** The same of sketches of minutes. */
export function sketchMinuteFloor(now: Micros): Micros {
  return ceilTo(now - SKETCH_MINUTES_REACH.micros - (3 * HOUR) / 4, MINUTE);
}

/** Minute sketches before this may be deleted: a quarter of an hour more than is read. */
export function sketchMinuteExpiry(now: Micros): Micros {
  return sketchMinuteFloor(now) - HOUR / 4;
}

/**
 * Splits [from, to) into as few pieces as the tiers allow, in order and without gaps: whole buckets, widest first,
 * and rows for what is left at the ends (less than a minute where minutes are kept, else less than the finest tier).
 */
export function cover(from: Micros, to: Micros, tiers: readonly Tier[], firstMinute: Micros): Piece[] {
  if (from >= to) return [];
  if (tiers.length === 0) return [{ tier: 0, from, to }];
  const tier = Math.max(...tiers) as Tier;
  const finer = tiers.filter((other) => other !== tier);
  const start = ceilTo(tier === 1 ? Math.max(from, firstMinute) : from, tier * MINUTE);
  const end = floorTo(to, tier * MINUTE);
  if (start >= end) return cover(from, to, finer, firstMinute);
  return [
    ...cover(from, start, finer, firstMinute),
    { tier, from: start, to: end },
    ...cover(end, to, finer, firstMinute),
  ];
}

/** The last hours or days, ending with the current minute; the beginning is rounded down to a whole step. */
export function lastWhole(length: Micros, now: Micros, step = MINUTE): TimeRange {
  return { from: floorTo(now - length, step), to: floorTo(now, MINUTE) + MINUTE };
}

export function floorTo(time: Micros, width: Micros): Micros {
  return Math.floor(time / width) * width;
}

export function ceilTo(time: Micros, width: Micros): Micros {
  return Math.ceil(time / width) * width;
}

/** A window of time cut into the points of a series. */
export interface Window extends TimeRange {
  /** Where each point begins; the first may begin before `from`. */
  starts: readonly Micros[];
}

/** A window that is one point. */
export function onePoint({ from, to }: TimeRange): Window {
  return { from, to, starts: [from] };
}

/**
 * A window cut into pieces of buckets and rows. A bucket belongs to one point, so each point is covered by itself; buckets of one
 * tier that follow one another are one piece, a piece of rows is of one point.
 */
export function runsOf(window: Window, tiers: readonly Tier[], firstMinute: Micros): Piece[] {
  const runs: Piece[] = [];
  window.starts.forEach((start, index) => {
    const from = Math.max(start, window.from);
    const to = Math.min(window.starts[index + 1] ?? window.to, window.to);
    for (const piece of cover(from, to, tiers, firstMinute)) {
      const last = runs.at(-1);
      if (piece.tier !== 0 && last?.tier === piece.tier) last.to = piece.to;
      else runs.push(piece);
    }
  });
  return runs;
}

/** Finds the point of a window that a time is in, and whether it is counted there from buckets. */
export class PointLocator {
  private readonly starts: readonly Micros[];
  private readonly froms: readonly Micros[];

  constructor(
    window: Window,
    private readonly pieces: readonly Piece[],
  ) {
    this.starts = window.starts;
    this.froms = pieces.map(({ from }) => from);
  }

  /** The point of a series, from 0. */
  pointOf(time: Micros): number {
    return lastNotAfter(this.starts, time);
  }

  /** Is a record of this time counted in buckets, and not in the rows? */
  isInBuckets(time: Micros): boolean {
    const place = lastNotAfter(this.froms, time);
    return place >= 0 && time < this.pieces[place].to && this.pieces[place].tier !== 0;
  }

  /** A piece without the points that are not `wanted`. */
  within(piece: Piece, wanted: readonly boolean[]): Piece[] {
    const parts: Piece[] = [];
    for (let point = this.pointOf(piece.from); (this.starts[point] ?? Infinity) < piece.to; point++) {
      if (!wanted[point]) continue;
      const from = Math.max(this.starts[point], piece.from);
      const to = Math.min(this.starts[point + 1] ?? Infinity, piece.to);
      parts.push({ tier: piece.tier, from, to });
    }
    return parts;
  }
}

function lastNotAfter(times: readonly Micros[], time: Micros): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** For records that are counted from buckets alone. @throws RangeError for a piece of rows */
export function refuseRagged(pieces: readonly Piece[]): void {
  const ragged = pieces.find(({ tier }) => tier === 0);
  if (!ragged) return;
  throw new RangeError(`${formatRfc3339(ragged.from)} to ${formatRfc3339(ragged.to)} has no whole buckets`);
}
