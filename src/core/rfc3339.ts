import type { Micros } from './event.js';

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * Microseconds since the epoch of an RFC 3339 date-time; digits past the sixth are cut off.
 * null if it is none, has no offset, names a day that does not exist, or lies outside the years 1–9999.
 */
export function parseRfc3339(text: string): Micros | null {
  // Validation asks, and then whoever stores it.
  if (text !== lastText) {
    lastMicros = parse(text);
    lastText = text;
  }
  return lastMicros;
}

let lastText: string | undefined;
let lastMicros: Micros | null = null;

function parse(text: string): Micros | null {
  const match = RFC3339.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHour, offsetMinute] = match;
  // RFC 3339 knows leap seconds; like PostgreSQL, take one as the first second of the next minute.
  if (+hour > 23 || +minute > 59 || +second > 60) return null;
  if (sign && (+offsetHour > 23 || +offsetMinute > 59)) return null;
  const midnight = new Date(0);
  // Date.UTC takes years below 100 as 19xx
  midnight.setUTCFullYear(+year, +month - 1, +day);
  if (midnight.getUTCMonth() !== +month - 1 || midnight.getUTCDate() !== +day) return null;
  let seconds = midnight.getTime() / 1000 + +hour * 3600 + +minute * 60 + +second;
  if (sign) seconds -= (sign === '-' ? -1 : 1) * (+offsetHour * 3600 + +offsetMinute * 60);
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) return null;
  return Math.min(seconds * 1e6 + (fraction ? +fraction.slice(0, 6).padEnd(6, '0') : 0), LAST_MICROS);
}

const FIRST_SECOND = -62_135_596_800; // 0001-01-01T00:00:00Z
const LAST_SECOND = 253_402_300_799; // 9999-12-31T23:59:59Z

const FIRST_MICROS: Micros = FIRST_SECOND * 1e6;

// So far off a double counts in steps of 32: the next one would be the year 10000.
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
