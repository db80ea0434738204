// English text gets English numbers and dates, on a 24 h clock, in the browser's zone.
const LOCALE = 'en-GB';
const NONE = '–';

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 3 });
const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const dateTimeFormat = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });
const minuteFormat = ofYear({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
const clockFormat = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });
const secondFormat = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const dayFormat = ofYear({ weekday: 'short', day: 'numeric', month: 'short' });

const yearOf = (moment: Moment) => new Date(moment).getFullYear();

/** A format that names the year where it is not this one, or always. */
export function ofYear(options: Intl.DateTimeFormatOptions): (moment: Moment, always?: boolean) => string {
  const usual = new Intl.DateTimeFormat(LOCALE, options);
  const withYear = new Intl.DateTimeFormat(LOCALE, { ...options, year: 'numeric' });
  return (moment, always = false) =>
    (!always && yearOf(moment) === yearOf(Date.now()) ? usual : withYear).format(new Date(moment));
}

type Maybe = number | null | undefined;
const given = (value: Maybe): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/** 1234567 → "1,234,567" */
export const count = (value: Maybe) => (given(value) ? whole.format(value) : NONE);

/** 1 → "1 error", 1234 → "1,234 errors" */
export const counted = (value: number, name: string) => `${count(value)} ${name}${value === 1 ? '' : 's'}`;

/** 1234567 → "1.2M"; up to 9,999 in full. */
export function compact(value: Maybe): string {
  if (!given(value)) return NONE;
  return Math.abs(value) < 10_000 ? whole.format(value) : short.format(value);
}

/** 1.234 → "1.23%", 12.34 → "12.3%" */
export function percent(value: Maybe): string {
  if (!given(value)) return NONE;
  if (value === 0) return '0%';
  if (value < 0.01) return '<0.01%';
  return `${Number(value.toFixed(value < 10 ? 2 : 1))}%`;
}

/** With three digits after the point, as far as there are. */
export const exactPercent = (value: Maybe) => (given(value) ? `${exact.format(value)}%` : NONE);
/** 10003.25 → "10,003.25 ms" */
export const exactMillis = (value: Maybe) => (given(value) ? `${exact.format(value)} ms` : NONE);

/** Milliseconds → "0.4 ms", "84 ms", "1.25 s", "2 min 5 s" */
export function millis(value: Maybe): string {
  if (!given(value)) return NONE;
  if (value < 10) return `${Number(value.toFixed(1))} ms`;
  if (value < 1_000) return `${Math.round(value)} ms`;
  if (value < 60_000) return `${Number((value / 1000).toFixed(value < 10_000 ? 2 : 1))} s`;
  return duration(value / 1000);
}

/** Seconds → "45 s", "2 min 5 s", "3 h 12 min", "4 d 2 h" */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return pair(s, 60, 'min', 1, 's');
  if (s < 86_400) return pair(s, 3600, 'h', 60, 'min');
  return pair(s, 86_400, 'd', 3600, 'h');
}

function pair(s: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((s % big) / small);
  return `${Math.floor(s / big)} ${bigUnit}${rest > 0 ? ` ${rest} ${smallUnit}` : ''}`;
}

/** 1536 → "1.5 KiB" */
export function bytes(value: Maybe): string {
  if (!given(value)) return NONE;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = value < 1 ? 0 : Math.min(Math.floor(Math.log2(value) / 10), units.length - 1);
  const scaled = value / 1024 ** power;
  return `${Number(scaled.toFixed(scaled < 10 && power > 0 ? 1 : 0))} ${units[power]}`;
}

const dateFormat = ofYear({ day: 'numeric', month: 'short' });

export type Moment = number | string | Date;

/** "21 Nov 2026, 10:04:05" */
export const dateTime = (moment: Moment) => dateTimeFormat.format(new Date(moment));
/** "21 Nov, 10:04"; of another year "21 Nov 2025, 10:04" */
export const minute = (moment: Moment) => minuteFormat(moment);
/** "10:04" */
export const clock = (moment: Moment) => clockFormat.format(new Date(moment));
/** "10:04:05" */
export const clockSeconds = (moment: Moment) => secondFormat.format(new Date(moment));
/** "Sat 21 Nov"; of another year "Fri, 21 Nov 2025" */
export const day = (moment: Moment) => dayFormat(moment);

/** "21 Nov"; of another year "21 Nov 2025" */
export const date = (moment: Moment) => dateFormat(moment);

/** How far the browser's zone is from UTC at a moment: "UTC+1", "UTC−3:30", "UTC" */
export function zoneOffset(moment: Moment): string {
  const minutes = -new Date(moment).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '−' : '+'}${hours}${rest > 0 ? `:${String(rest).padStart(2, '0')}` : ''}`;
}

/** "21 Nov, 10:04 – 11:30", "21 Nov, 22:00 – 22 Nov, 01:00" */
export function span(from: Moment, to: Moment): string {
  if (date(from) === date(to)) return `${minute(from)} – ${clock(to)}`;
  const years = yearOf(from) !== yearOf(to);
  return `${minuteFormat(from, years)} – ${minuteFormat(to, years)}`;
}

/** "10:04:05"; of another day "21 Nov 2026, 10:04:05" */
export const asOf = (moment: Moment) =>
  date(moment) === date(Date.now()) ? clockSeconds(moment) : dateTime(moment);

/** "just now", "12 s ago", "3 min ago", "2 h ago", "5 d ago" */
export function ago(moment: Moment, nowMs: number): string {
  const seconds = Math.max(0, (nowMs - new Date(moment).getTime()) / 1000);
  if (seconds < 2) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** 12.3 → "+12%", -0.4 → "−0.4%", beyond ten times "×12" */
export function change(value: number): string {
  const size = Math.abs(value);
  if (value >= 900) return `×${whole.format(value / 100 + 1)}`;
  const digits = Number(size.toFixed(size < 10 ? 1 : 0));
  if (digits === 0) return '0%';
  return `${value < 0 ? '−' : '+'}${digits}%`;
}

/** Percentage points: 0.42 → "+0.42 pp", -12.34 → "−12.3 pp" */
export function points(value: number): string {
  const size = Math.abs(value);
  const digits = Number(size.toFixed(size < 1 ? 2 : 1));
  if (digits === 0) return '±0 pp';
  return `${value < 0 ? '−' : '+'}${digits} pp`;
}
