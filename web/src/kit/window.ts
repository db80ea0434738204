export const RANGES = ['hour', 'day', 'week', 'month'] as const;
export type Range = (typeof RANGES)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RANGE_MS: Record<Range, number> = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
};
export const DEFAULT_RANGE: Range = 'day';

/** A window of time: a range up to now, or from one moment to another. */
export interface TimeWindow {
  /** undefined for from and to. */
  range: Range | undefined;
  fromMs: number;
  toMs: number;
}

export interface WindowParams {
  range?: Range;
  from?: string;
  to?: string;
}

/** The window that an address asks for; what cannot be read falls back to the last day. */
export function windowOf(query: Readonly<Record<string, string>>, nowMs: number): TimeWindow {
  const fromMs = Date.parse(query.from ?? '');
  const toMs = query.to === undefined ? nowMs : Date.parse(query.to);
  if (fromMs < toMs) return { range: undefined, fromMs, toMs };
  const range = RANGES.find((one) => one === query.range) ?? DEFAULT_RANGE;
  return { range, fromMs: nowMs - RANGE_MS[range], toMs: nowMs };
}

/** As the server's routes take it. A range stays a range: the same question is then answered from the cache. */
export function windowParams(window: TimeWindow): WindowParams {
  return window.range ? { range: window.range } : { from: isoOf(window.fromMs), to: isoOf(window.toMs) };
}

/** The window of the same length just before, as parameters; of a range by the minute, so that the cache may answer. */
export function previousParams({ range, fromMs, toMs }: TimeWindow): WindowParams {
  const shift = range ? fromMs % 60_000 : 0;
  return { from: isoOf(fromMs - shift - (toMs - fromMs)), to: isoOf(fromMs - shift) };
}

/** What a brush over a chart chose, as the address keeps it: whole minutes, at least one. */
export function brushedWindow(fromMs: number, toMs: number): { from: string; to: string } {
  const from = Math.floor(fromMs / 60_000) * 60_000;
  const to = Math.max(Math.ceil(toMs / 60_000) * 60_000, from + 60_000);
  return { from: isoOf(from), to: isoOf(to) };
}

const isoOf = (ms: number) => new Date(ms).toISOString();
