import { expect } from 'vitest';
import { isByClock } from '../../src/core/counting/time-buckets.js';
import type { StatsAnswer, StatsRequest, TopRequest } from '../../src/core/ports/event-stats.js';
import type { NewEvent } from '../../src/core/records/event.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import { latencyOf } from './near.js';
import type { Measured } from './top-scan.js';

/** What a plain scan of the events answers: the measure of every rollup. Points without events are left out. */
function scan(events: readonly NewEvent[], query: StatsRequest): Map<string, Scanned> {
  const found = new Map<string, Scanned>();
  const { from, to, groupBy, interval, timezone } = query;
  for (const event of events) {
    if (event.timestamp < from || event.timestamp >= to) continue;
    const group = groupBy ? (event[FIELDS[groupBy]] ?? '') : '';
    for (const key of [keyOf(event.timestamp / 1000, interval, timezone, group), TOTAL]) {
      const sum = found.get(key) ?? { n: 0, errors: 0, durations: [], users: new Set(), sessions: new Set() };
      found.set(key, sum);
      sum.n++;
      if (event.eventType === 'error') sum.errors++;
      if (event.durationMs !== null) sum.durations.push(event.durationMs);
      if (event.userId !== null) sum.users.add(event.userId);
      if (event.sessionId !== null) sum.sessions.add(event.sessionId);
    }
  }
  return found;
}

const TOTAL = 'total';

interface Scanned {
  n: number;
  errors: number;
  durations: number[];
  users: Set<string>;
  sessions: Set<string>;
}

const FIELDS = {
  event_type: 'eventType',
  event_name: 'eventName',
  priority: 'priority',
  app_version: 'appVersion',
} as const;

/** The same values, of an answer. */
function answered(answer: StatsAnswer, { interval, timezone }: StatsRequest): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const { time, group, ...values } of answer.series) {
    const key = keyOf(Date.parse(time), interval, timezone, group ?? '');
    if (found.has(key)) throw new Error(`two points for ${key}`);
    found.set(key, values);
  }
  return found.set(TOTAL, answer.totals);
}

// What the clocks of the zone show, as far as the interval goes; the offset tells the two hours apart when clocks go back.
function keyOf(ms: number, interval: StatsRequest['interval'], timeZone: string, group: string): string {
  const zone = isByClock(interval) ? timeZone : 'UTC';
  const format = formats.get(zone) ?? new Intl.DateTimeFormat('sv', { timeZone: zone, ...PARTS });
  formats.set(zone, format);
  const shown = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const day = `${shown.year}-${shown.month}-${shown.day}`;
  const minutes = (each: number) => ` ${shown.hour}:${Math.floor(Number(shown.minute) / each)}`;
  const hours = (each: number) => ` ${Math.floor(Number(shown.hour) / each)} ${shown.timeZoneName}`;
  const clock = {
    '1d': '',
    '6h': hours(6),
    '3h': hours(3),
    '1h': hours(1),
    '15m': minutes(15),
    '5m': minutes(5),
    '1m': minutes(1),
  };
  return `${day}${clock[interval]}|${group}`;
}

const PARTS = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'longOffset',
} as const;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Holds an answer against a scan of the events. */
export function expectAnswer(answer: StatsAnswer, events: readonly NewEvent[], query: StatsRequest): void {
  const truth = scan(events, query);
  const found = answered(answer, query);
  for (const [key, values] of found) {
    expect({ key, values }).toEqual({ key, values: expected(truth.get(key), query.type) });
  }
  for (const [key, scanned] of truth) {
    if (!found.has(key)) expect({ key, n: relevant(scanned, query.type) }).toEqual({ key, n: 0 });
  }
  const times = answer.series.map(({ time }) => time);
  expect(times).toEqual([...times].sort());
  if (answer.series.length > 0) expect(parseRfc3339(times.at(-1)!)).toBeLessThan(query.to);
  if (!query.groupBy) expect(parseRfc3339(times[0])).toBeLessThanOrEqual(query.from);
}

function relevant(scanned: Scanned, type: StatsRequest['type']): number {
  if (type === 'users') return scanned.users.size;
  if (type === 'sessions') return scanned.sessions.size;
  return type === 'latency' ? scanned.durations.length : scanned.n;
}

function expected(scanned: Scanned | undefined, type: StatsRequest['type']): unknown {
  const { n, errors, durations } = scanned ?? { n: 0, errors: 0, durations: [] };
  if (type === 'errors') return { count: errors, total: n, rate: n === 0 ? 0 : (100 * errors) / n };
  if (type !== 'latency') return { count: scanned ? relevant(scanned, type) : 0 };
  return latencyOf(durations);
}

/** Every value of a dimension in a window, measured. */
export function scanTop(
  events: readonly NewEvent[],
  { by, from, to }: TopRequest,
): { values: Measured[]; total: number } {
  const some = events.filter(({ timestamp }) => timestamp >= from && timestamp < to);
  const byValue = Map.groupBy(some, (event) => event[TOP_FIELDS[by]] ?? '');
  const values = [...byValue].map(([value, of]) => ({
    value,
    count: of.length,
    errors: of.filter(({ eventType }) => eventType === 'error').length,
    durations: of.flatMap(({ durationMs }) => durationMs ?? []),
  }));
  return { values, total: some.length };
}

const TOP_FIELDS = { ...FIELDS, provider_name: 'providerName' } as const;
