import { expect, it } from 'vitest';
import { plotData } from './plot-data.js';

const rowsOf = (...rows: (number | null)[][]) => rows.map((values) => ({ values }));
const times = [0, 60, 120, 180];
/** The first and the last are cut by half. */
const buckets = { times, stepS: 60, counted: { fromMs: 30_000, toMs: 210_000 } };

it('bars are stacked from where the buckets begin, the whole stack first', () => {
  const series = rowsOf([1, 2, 0, 4], [5, 0, 0, 1]);
  expect(plotData({ buckets, series, kind: 'bars' })).toEqual([times, [6, null, null, 5], [1, 2, null, 4]]);
});

it('lines go through the middle of what was counted, and lead to what is cut in a row of their own', () => {
  const series = rowsOf([1, 2, 3, 4]);
  expect(plotData({ buckets, series, kind: 'lines' })).toEqual([
    [45, 90, 150, 195],
    [null, 2, 3, null],
    [1, 2, 3, 4],
  ]);
  // Nothing leads to where there is nothing.
  expect(plotData({ buckets, series: rowsOf([null, 2, 3, null]), kind: 'lines' }).slice(1)).toEqual([
    [null, 2, 3, null],
    [null, null, null, null],
  ]);
});

it('of moments all is whole', () => {
  const moments = { times, stepS: 60 };
  expect(plotData({ buckets: moments, series: rowsOf([1, 2, 3, 4]), kind: 'lines' })).toEqual([
    times,
    [1, 2, 3, 4],
    [null, null, null, null],
  ]);
});
