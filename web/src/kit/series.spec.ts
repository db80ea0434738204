import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peakOf, pivot, stacked, stepOf, sum, timesOf, wholeValues } from './series.js';

const points = [
  { time: '2026-11-21T10:00:00Z', group: 'a', count: 2 },
  { time: '2026-11-21T11:00:00Z', group: 'b', count: 9 },
  { time: '2026-11-21T11:00:00Z', group: 'a', count: 1 },
];
const times = timesOf([
  { time: '2026-11-21T10:00:00Z' },
  { time: '2026-11-21T11:00:00Z' },
  { time: '2026-11-21T12:00:00Z' },
]);
const byGroup = (order?: string[]) =>
  pivot(
    times,
    points,
    ({ group }) => group,
    ({ count }) => count,
    order,
  );

describe('groups of points', () => {
  it('become rows over all times, the greatest first', () => {
    expect([...byGroup()]).toEqual([
      ['b', [0, 9, 0]],
      ['a', [2, 1, 0]],
    ]);
  });

  it('come in the order that is asked for', () => {
    expect([...byGroup(['x', 'a']).keys()]).toEqual(['a', 'b']);
  });

  it('may be named like what every object has', () => {
    const odd = [{ time: '2026-11-21T10:00:00Z', group: '__proto__', count: 1 }];
    expect([
      ...pivot(
        times,
        odd,
        ({ group }) => group,
        ({ count }) => count,
      ),
    ]).toEqual([['__proto__', [1, 0, 0]]]);
  });

  it('outside the times are left out', () => {
    expect(
      pivot(
        [],
        points,
        ({ group }) => group,
        ({ count }) => count,
      ).size,
    ).toBe(0);
  });
});

it('the top of a stack is the sum of its rows', () => {
  const row = fc.array(fc.option(fc.nat(1_000)), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
      const tops = stacked(rows);
      expect(sum(tops[tops.length - 1])).toBe(rows.reduce((all, one) => all + sum(one), 0));
    }),
  );
});

it('the peak is the greatest of what is there', () => {
  expect(peakOf([null, 3, 7, null, 7])).toBe(2);
  expect(peakOf([0, null])).toBe(0);
  expect(peakOf([null])).toBe(-1);
});

it('the step is that of the times, or of the window', () => {
  expect(stepOf(times, 60)).toBe(3_600);
  expect(stepOf([5], 60)).toBe(60);
});

it('of buckets that are cut by the window nothing is shown where there is no room to say so', () => {
  const series = [9, 10, 11, 12].map((hour) => ({
    time: new Date(Date.UTC(2026, 10, 21, hour)).toISOString(),
    n: hour,
  }));
  const read = ({ n }: { n: number }) => n;
  const answer = (from: string, to: string) => ({ from, to, interval: '1h' as const, series });
  expect(wholeValues(answer('2026-11-21T09:20:00Z', '2026-11-21T12:20:00Z'), read)).toEqual([10, 11]);
  expect(wholeValues(answer('2026-11-21T09:00:00Z', '2026-11-21T13:00:00Z'), read)).toEqual([9, 10, 11, 12]);
});
