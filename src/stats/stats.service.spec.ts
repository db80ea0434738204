import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import type { SightlineError } from '../core/errors.js';
import { formatRfc3339, parseRfc3339 } from '../core/records/rfc3339.js';
import { readQuery } from '../http/query/query-parameters.js';
import { StatsQuery } from './stats.dto.js';
import { statsRequest } from './stats.service.js';

const NOW = parseRfc3339('2026-11-03T10:17:23.123Z')!;

const questionOf = (text: string) =>
  statsRequest(readQuery(StatsQuery, Object.fromEntries(new URLSearchParams(text))), NOW);

function refusal(text: string): [field: string, message: string][] {
  try {
    questionOf(text);
  } catch (error) {
    const { code, details } = error as SightlineError;
    expect(code).toBe('validation_error');
    return details.map(({ field, message }) => [field, message]);
  }
  throw new Error('was taken');
}

describe('a question of stats', () => {
  it('is of the last day, made up to whole minutes, by the hour, in UTC', () => {
    expect(questionOf('type=logs')).toEqual({
      type: 'logs',
      from: parseRfc3339('2026-11-02T10:17:00Z')!,
      to: parseRfc3339('2026-11-03T10:18:00Z')!,
      interval: '1h',
      timezone: 'UTC',
      groupBy: undefined,
    });
  });

  it.each([
    ['range=hour', '1m'],
    ['range=week', '1h'],
    ['range=month', '1d'],
    ['from=2026-11-03T00:00:00Z&to=2026-11-03T10:00:00Z', '5m'],
    ['from=2026-10-01T00:00:00Z&to=2026-10-01T01:00:00Z', '1h'],
    ['range=week&interval=3h', '3h'],
    ['from=2026-10-01T00:00:00Z&to=2026-10-02T00:00:00Z&interval=15m', '15m'],
  ])('of %s comes by %s', (window, interval) => {
    expect(questionOf(`type=logs&${window}`).interval).toBe(interval);
  });

  it.each([
    ['type=logs&range=month', '2026-10-04T10:15:00.000Z'],
    ['type=users', '2026-11-02T10:15:00.000Z'],
    ['type=sessions&range=week', '2026-10-27T10:15:00.000Z'],
    ['type=users&range=hour', '2026-11-03T09:17:00.000Z'],
  ])('of %s begins where its buckets do', (query, start) => {
    const { from, to } = questionOf(query);
    expect([from, to].map(formatRfc3339)).toEqual([start, '2026-11-03T10:18:00.000Z']);
  });

  it('takes an offset whose + was not encoded, and an empty parameter for none', () => {
    const { from, to } = questionOf('type=logs&from=2026-11-03T00:00:00+02:00&to=&range=');
    expect([from, to]).toEqual([parseRfc3339('2026-11-02T22:00:00Z'), NOW]);
  });

  it.each([
    ['type=logs&range=month&interval=5m', 'interval', /^5m reaches 8 days back; 1h fits$/],
    ['type=logs&range=week&interval=1m', 'interval', /^1m gives more than 2000 points here; 15m fits$/],
    ['type=logs&range=week&interval=5m', 'interval', /^5m gives more than 2000 points here; 15m fits$/],
    ['type=logs&from=1990-01-01T00:00:00Z', 'interval', /no interval fits/],
    ['type=logs&from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:00Z', 'from', /before to/],
    ['type=logs&to=2026-11-01T00:00:00Z', 'from', /missing/],
    ['type=logs&range=day&from=2026-11-01T00:00:00Z', 'range', /combined/],
    ['type=logs&from=yesterday', 'from', /RFC 3339/],
    ['type=logs&timezone=Mars/Base', 'timezone', /IANA/],
    ['type=traffic', 'type', /one of logs, .*; traffic belongs to GET \/stats$/],
    ['type=unique_ips', 'type', /unique_ips belongs to GET \/stats and GET \/api\/v1\/access\/stats$/],
    ['type=__proto__', 'type', /one of logs, errors, latency, users, sessions$/],
    ['type=logs&interval=1s', 'interval', /one of 1m, 5m, 15m, 1h, 3h, 6h, 1d/],
    ['type=logs&group_by=user_id', 'group_by', /one of/],
    ['range=day', 'type', /one of/],
  ])('%s is refused', (text, field, message) => {
    expect(refusal(text)).toEqual([[field, expect.stringMatching(message)]]);
  });

  it('is refused where a parameter is given more than once', () => {
    const details = [{ field: 'range', message: 'is given more than once' }];
    const twice = { type: 'logs', range: ['day', 'week'] };
    expect(() => readQuery(StatsQuery, twice)).toThrow(expect.objectContaining({ details }));
  });

  it('names what it does not know', () => {
    const { others } = readQuery(StatsQuery, { type: 'logs', limit: '5', project: 'p' });
    expect(others).toEqual([['limit', '5']]);
  });
});
