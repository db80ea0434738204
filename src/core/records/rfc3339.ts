import type { Micros } from '../time.js';

const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/**
 * Microseconds since the epoch of an RFC 3339 date-time; digits past the sixth are cut off.
 * null if it is none, has no offset, names a day that does not exist, or lies outside the years 1–9999.
 */
export function parseRfc3339(text: string): Micros | null {
  // The last answer is remembered: a time is validated first and then converted to be stored.
  if (text !== lastText) {
    lastMicros = parse(text);
    lastText = text;
  }
  return lastMicros;
}

let lastText: string | undefined;
let lastMicros: Micros | null = null;

// Every field but the fraction has a fixed position: reading them from there costs a quarter of a match with groups.
function parse(text: string): Micros | null {
  if (!RFC3339.test(text)) return null;
  const days = daysSince1970(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
  const hour = number(text, 11, 13);
  const minute = number(text, 14, 16);
  const second = number(text, 17, 19);
  // RFC 3339 knows leap seconds; like PostgreSQL, take one as the first second of the next minute.
  if (days === null || hour > 23 || minute > 59 || second > 60) return null;
  const offset = offsetSeconds(text);
  if (offset === null) return null;
  const seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return null;
  return Math.min(seconds * 1e6 + fractionMicros(text), LAST_MICROS);
}

/** The digits from `start` to `end` as a number. */
function number(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + text.charCodeAt(at) - ZERO;
  return value;
}

const ZERO = 48;
const DOT = 46;
const PLUS = 43;
const MINUS = 45;

/** null for a day that does not exist. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": days_from_civil. */
function daysSince1970(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  const fromMarch = (month + 9) % 12;
  const y = fromMarch > 9 ? year - 1 : year;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + Math.floor((153 * fromMarch + 2) / 5) + day - 1 - 719_468;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function offsetSeconds(text: string): number | null {
  const start = text.length - 6;
  const sign = text.charCodeAt(start);
  // six from the end is a digit or a colon, so it ends with Z
  if (sign !== MINUS && sign !== PLUS) return 0;
  const hour = number(text, start + 1, start + 3);
  const minute = number(text, start + 4, start + 6);
  if (hour > 23 || minute > 59) return null;
  const seconds = hour * 3600 + minute * 60;
  return sign === MINUS ? -seconds : seconds;
}

function fractionMicros(text: string): number {
  if (text.charCodeAt(19) !== DOT) return 0;
  let micros = 0;
  let at = 20;
  for (let place = 100_000; place >= 1; place /= 10) {
    const digit = text.charCodeAt(at++) - ZERO;
    if (!(digit >= 0 && digit <= 9)) break;
    micros += digit * place;
  }
  return micros;
}

const FIRST_SECOND = -62_135_596_800; // 0001-01-01T00:00:00Z
const LAST_SECOND = 253_402_300_799; // 9999-12-31T23:59:59Z

const FIRST_MICROS: Micros = FIRST_SECOND * 1e6;

// At this magnitude doubles are 32 apart: the next one would be in the year 10000.
const LAST_MICROS: Micros = 253_402_300_799_999_968;

/**
 * RFC 3339 in UTC with three digits, or six where the microseconds are not zero. What lies outside of the years 1–9999 becomes the
 * nearest end of them: a day of Tokyo's year 1 begins in year 0, the hour after the last one in year 10000, and neither RFC 3339
 * nor a database has a word for these. Nothing is stored out there.
 */
export function formatRfc3339(time: Micros): string {
  const micros = Math.min(Math.max(time, FIRST_MICROS), LAST_MICROS);
  // `%` is exact, where far off a product by 1000 is not.
  const rest = ((micros % 1000) + 1000) % 1000;
  const iso = new Date(Math.round((micros - rest) / 1000)).toISOString();
  return rest === 0 ? iso : `${iso.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}
