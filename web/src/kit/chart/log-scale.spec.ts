import { expect, it } from 'vitest';
import { isFlattened, logTicks } from './log-scale.js';

it('a chart is flattened by a point that is far above all the others', () => {
  const calm = [15, 20, 18, 0, 25, 16, 19, 22];
  expect(isFlattened([calm], 'lines')).toBe(false);
  expect(isFlattened([[...calm, 10_000]], 'lines')).toBe(true);
  expect(isFlattened([calm, [null, null, 9_000, null, null, null, null, null]], 'lines')).toBe(true);
  expect(isFlattened([[...calm.map((value) => value * 10), 3_000]], 'lines')).toBe(true);
  // Where a third of the points are high they are no exception.
  expect(isFlattened([[1, 1, 1, 1, 500, 600]], 'lines')).toBe(false);
});

it('of stacked bars the whole counts, and zeros do not', () => {
  const row = [5, 5, 0, 0, 5, 5, 5, 5];
  expect(isFlattened([row, row.map((_, index) => (index === 3 ? 900 : 5))], 'bars')).toBe(true);
  expect(isFlattened([row, row], 'bars')).toBe(false);
  expect(isFlattened([], 'bars')).toBe(false);
  expect(isFlattened([[0, 0, 0, 7]], 'bars')).toBe(false);
});

it('a logarithmic axis has as many ticks as there is room for, the highest among them', () => {
  const tens = [1, 10, 100, 1_000, 10_000, 100_000];
  expect(logTicks(tens, 50, 5)).toEqual([0, 1, 10]);
  expect(logTicks(tens, 1_500, 6)).toEqual([0, 1, 10, 100, 1_000]);
  expect(logTicks(tens, 1_500, 3)).toEqual([0, 10, 1_000]);
  expect(logTicks(tens, 13_000, 4)).toEqual([0, 100, 10_000]);
  expect(logTicks(tens, 0.5, 5)).toEqual([0]);
});
