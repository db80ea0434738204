/** Microseconds since the Unix epoch, or as many: exact in a double from 1715 to 2255, and PostgreSQL's own precision. */
export type Micros = number;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const MINUTE: Micros = 60_000_000;
export const QUARTER_HOUR: Micros = 15 * MINUTE;
export const HOUR: Micros = 60 * MINUTE;
export const DAY: Micros = 24 * HOUR;

/** Days since the Unix epoch, UTC. */
export function dayNumber(time: Micros): number {
  return Math.floor(time / DAY);
}

/** The UTC day of a time in milliseconds, `2026-11-20`. */
export function dayText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
