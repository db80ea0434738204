import { expect, it } from 'vitest';
import { count } from '../format.js';
import { describe } from './describe.js';

const HOUR_S = 3_600;
const at = (hour: number) => new Date(new Date().getFullYear(), 10, 21, hour).getTime() / 1000;

it('a chart in words says from when to when, how much, and where the peak is', () => {
  const series = [
    { name: 'error', colour: 'red' as const, values: [1, 5, 2] },
    { name: 'none', colour: 'grey' as const, values: [null, null, null] },
  ];
  expect(describe([at(9), at(10), at(11)], HOUR_S, series, 'bars', count)).toBe(
    'From 21 Nov, 09:00 to 21 Nov, 11:00. error: 8 in total, peak 5 at 21 Nov, 10:00. none: none.',
  );
  expect(describe([at(9)], HOUR_S, [], 'lines', count)).toBe('From 21 Nov, 09:00 to 21 Nov, 09:00.');
  expect(describe([], HOUR_S, series, 'lines', count)).toBe('No data.');
});

it('levels have no sum', () => {
  const series = [{ name: 'p95', colour: 'amber' as const, values: [80, 90] }];
  expect(describe([at(9), at(10)], HOUR_S, series, 'lines', count)).toMatch(/p95: peak 90 at/);
});
