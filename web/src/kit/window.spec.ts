import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brushedWindow, previousParams, windowOf, windowParams } from './window.js';

const NOW = Date.parse('2026-11-21T10:17:23.123Z');
const HOUR_MS = 3_600_000;

describe('the window of an address', () => {
  it('is the last day, or the range that it names', () => {
    expect(windowOf({}, NOW)).toEqual({ range: 'day', fromMs: NOW - 24 * HOUR_MS, toMs: NOW });
    expect(windowParams(windowOf({ range: 'week' }, NOW))).toEqual({ range: 'week' });
  });

  it('is from one moment to another, or to now', () => {
    const query = { from: '2026-11-20T00:00:00Z', to: '2026-11-20T12:00:00Z', range: 'week' };
    expect(windowParams(windowOf(query, NOW))).toEqual({
      from: '2026-11-20T00:00:00.000Z',
      to: '2026-11-20T12:00:00.000Z',
    });
    expect(windowOf({ from: query.from }, NOW)).toMatchObject({ range: undefined, toMs: NOW });
  });

  it.each<Record<string, string>>([
    { range: 'year' },
    { from: 'yesterday' },
    { from: '2026-11-21T00:00:00Z', to: '2026-11-20T00:00:00Z' },
  ])('that cannot be read, as %j, is the last day', (query) =>
    expect(windowOf(query, NOW).range).toBe('day'),
  );
});

describe('the window before', () => {
  it('is as long and ends where this one begins', () => {
    const query = { from: '2026-11-20T00:00:00Z', to: '2026-11-20T12:00:00Z' };
    expect(previousParams(windowOf(query, NOW))).toEqual({
      from: '2026-11-19T12:00:00.000Z',
      to: '2026-11-20T00:00:00.000Z',
    });
  });

  it('of a range is the same question for a minute', () => {
    const { from, to } = previousParams(windowOf({ range: 'hour' }, NOW));
    expect([from, to]).toEqual(['2026-11-21T08:17:00.000Z', '2026-11-21T09:17:00.000Z']);
    expect(previousParams(windowOf({ range: 'hour' }, NOW + 10_000))).toEqual({ from, to });
  });
});

it('a brush chooses whole minutes that hold what it went over', () => {
  const moment = fc.double({ min: 1e12, max: 2e12, noNaN: true });
  fc.assert(
    fc.property(moment, fc.double({ min: 0, max: 1e10, noNaN: true }), (fromMs, length) => {
      const { from, to } = brushedWindow(fromMs, fromMs + length);
      const [start, end] = [Date.parse(from), Date.parse(to)];
      expect(start % 60_000).toBe(0);
      expect(end % 60_000).toBe(0);
      expect(end).toBeGreaterThan(start);
      expect(start <= fromMs && fromMs + length <= end).toBe(true);
    }),
  );
});
