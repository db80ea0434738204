import { describe, expect, it } from 'vitest';
import { beginsLate, compareCounts, compareLatencies, compareShares } from './comparison.js';

describe('a count against the period before', () => {
  it('needs one that says something', () => {
    expect([compareCounts(5, 0), compareCounts(5_998, 2), compareCounts(0, 19)]).toEqual([
      'none',
      'few',
      'few',
    ]);
  });

  it('is more, less or the same, and more than chance or not', () => {
    expect(compareCounts(1_300, 1_000)).toEqual({ text: '+30%', way: 'up', significant: true });
    expect(compareCounts(0, 1_000)).toEqual({ text: '−100%', way: 'down', significant: true });
    expect(compareCounts(24, 20)).toEqual({ text: '+20%', way: 'up', significant: false });
    expect(compareCounts(1_000, 1_000)).toEqual({ text: '0%', way: 'flat', significant: false });
    // Certainly more, and not worth a colour.
    expect(compareCounts(100_000_000, 99_990_000)).toMatchObject({ text: '0%', significant: false });
  });
});

describe('a rate against the period before', () => {
  it('is told in percentage points', () => {
    expect(compareShares({ hits: 60, of: 1_000 }, { hits: 20, of: 1_000 })).toEqual({
      text: '+4 pp',
      way: 'up',
      significant: true,
    });
    expect(compareShares({ hits: 21, of: 1_000 }, { hits: 25, of: 1_000 })).toEqual({
      text: '−0.4 pp',
      way: 'down',
      significant: false,
    });
    expect(compareShares({ hits: 0, of: 500 }, { hits: 0, of: 500 })).toMatchObject({
      text: '±0 pp',
      way: 'flat',
    });
  });

  it('needs a base on both sides', () => {
    const many = { hits: 10, of: 1_000 };
    expect(compareShares(many, { hits: 0, of: 0 })).toBe('none');
    expect(compareShares(many, { hits: 1, of: 3 })).toBe('few');
    expect(compareShares({ hits: 1, of: 3 }, many)).toBe('few');
  });
});

describe('a percentile against the period before', () => {
  const latency = (count: number, p95: number) => ({
    count,
    avg: 50,
    p50: 40,
    p95,
    p99: p95 * 1.5,
    max: p95 * 2,
  });

  it('needs enough that was timed', () => {
    const none = { count: 0, avg: null, p50: null, p95: null, p99: null, max: null };
    expect(compareLatencies(latency(1_000, 100), none, 'p95')).toBe('none');
    expect(compareLatencies(none, latency(1_000, 100), 'p95')).toBe('few');
    expect(compareLatencies(latency(30, 100), latency(1_000, 100), 'p95')).toBe('few');
  });

  it('counts where it is further apart than its own error', () => {
    expect(compareLatencies(latency(300, 110), latency(300, 100), 'p95')).toMatchObject({
      text: '+10%',
      significant: false,
    });
    expect(compareLatencies(latency(300_000, 110), latency(300_000, 100), 'p95')).toMatchObject({
      text: '+10%',
      significant: true,
    });
    expect(compareLatencies(latency(3e8, 101), latency(3e8, 100), 'p95')).toMatchObject({
      significant: false,
    });
  });
});

it('a period whose data begins in its course is none to compare with', () => {
  const day = (n: number) => `2026-11-${String(n).padStart(2, '0')}T00:00:00Z`;
  const week = (...counts: number[]) => ({
    from: day(1),
    to: day(8),
    series: counts.map((count, index) => ({ time: day(index + 1), count })),
  });
  const has = ({ count }: { count: number }) => count > 0;
  expect(beginsLate(week(0, 0, 0, 5, 9, 9, 9), has)).toBe(true);
  expect(beginsLate(week(0, 5, 0, 0, 0, 0, 0), has)).toBe(false);
  expect(beginsLate(week(0, 0, 0, 0, 0, 0, 0), has)).toBe(false);
});
