import { describe, expect, it } from 'vitest';
import { rateBetween, RateHistory } from './counter-rates.js';

const sample = (atMs: number, stored: number, rejected = 0) => ({ atMs, counters: { stored, rejected } });

describe('rates from counters', () => {
  it('are differences over the time between', () => {
    expect(rateBetween(sample(1000, 100, 3), sample(3500, 150, 3))).toEqual({
      atMs: 3500,
      perSecond: { stored: 20, rejected: 0 },
    });
  });

  it('are unknown across a restart, and where no time passed', () => {
    expect(rateBetween(sample(0, 100, 3), sample(1000, 5, 3)).perSecond).toEqual({
      stored: null,
      rejected: null,
    });
    expect(rateBetween(sample(5, 1), sample(5, 2)).perSecond).toEqual({ stored: null, rejected: null });
  });

  it('are kept for as many samples as asked', () => {
    const history = new RateHistory<'stored' | 'rejected'>(3);
    expect(history.add(sample(0, 0))).toEqual([]);
    const points = [1, 2, 3, 4, 5].map((n) => history.add(sample(n * 1000, n * n))).at(-1)!;
    expect(points.map(({ perSecond }) => perSecond.stored)).toEqual([5, 7, 9]);
  });
});
