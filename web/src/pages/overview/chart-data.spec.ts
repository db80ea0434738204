import { expect, it } from 'vitest';
import type { Counts, Errors, Grouped, Stats } from '../../kit/api/answers.js';
import { errorRateChart, eventsChart, peopleChart } from './chart-data.js';

const shared = { from: '', to: '', interval: '1h' as const };
const all: Stats<Errors> = {
  ...shared,
  series: [
    { time: '2026-11-21T10:00:00Z', count: 1, total: 4, rate: 25 },
    { time: '2026-11-21T11:00:00Z', count: 0, total: 0, rate: 0 },
  ],
  totals: { count: 1, total: 4, rate: 25 },
};

it('events by type keep the order and the colours of the types', () => {
  const byType: Stats<Grouped> = {
    ...shared,
    series: [
      { time: '2026-11-21T10:00:00Z', group: 'error', count: 1 },
      { time: '2026-11-21T10:00:00Z', group: 'behavioral', count: 3 },
    ],
    totals: { count: 4 },
  };
  expect(eventsChart([all, byType]).series).toEqual([
    { name: 'behavioral', colour: 'blue', values: [3, 0] },
    { name: 'error', colour: 'red', values: [1, 0] },
  ]);
});

it('without events there is no error rate rather than one of zero', () => {
  expect(errorRateChart(all).series[0]).toMatchObject({ values: [25, null], details: ['1 of 4', null] });
});

it('users and sessions stand at the same times, though one answer is of another window', () => {
  const answer = (...hours: number[]): Stats<Counts> => ({
    ...shared,
    series: hours.map((hour) => ({ time: `2026-11-21T${hour}:00:00Z`, count: hour })),
    totals: { count: 1 },
  });
  const { times, series } = peopleChart([answer(11, 12), answer(10, 11)]);
  expect(times).toHaveLength(2);
  expect(series.map(({ values }) => values)).toEqual([
    [11, 12],
    [11, null],
  ]);
});
