import { describe, expect, it } from 'vitest';
import {
  ago,
  asOf,
  bytes,
  change,
  clock,
  compact,
  count,
  counted,
  date,
  day,
  dateTime,
  duration,
  exactMillis,
  exactPercent,
  millis,
  minute,
  percent,
  points,
  span,
} from './format.js';

describe('numbers', () => {
  it.each([
    [count(1_234_567), '1,234,567'],
    [counted(1, 'error'), '1 error'],
    [counted(1_234, 'error'), '1,234 errors'],
    [compact(9_999), '9,999'],
    [compact(12_345), '12.3K'],
    [compact(4_600_000), '4.6M'],
    [percent(0), '0%'],
    [percent(0.004), '<0.01%'],
    [percent(1.234), '1.23%'],
    [percent(12.34), '12.3%'],
    [millis(0.42), '0.4 ms'],
    [millis(84.4), '84 ms'],
    [millis(1_250), '1.25 s'],
    [millis(125_000), '2 min 5 s'],
    [duration(45), '45 s'],
    [duration(7_200), '2 h'],
    [duration(100_000), '1 d 3 h'],
    [exactPercent(12.34567), '12.346%'],
    [exactMillis(10_003.25), '10,003.25 ms'],
    [bytes(0), '0 B'],
    [bytes(1_536), '1.5 KiB'],
    [bytes(3 * 1024 ** 3), '3 GiB'],
  ])('%s', (text, expected) => expect(text).toBe(expected));

  it('that are not there are a dash', () => {
    expect([count, compact, percent, millis, bytes].map((format) => format(null))).toEqual(
      Array(5).fill('–'),
    );
    expect(percent(NaN)).toBe('–');
  });
});

describe('changes', () => {
  it.each([
    [12.3, '+12%'],
    [-0.44, '−0.4%'],
    [0.01, '0%'],
    [1_100, '×12'],
  ])('of %d percent', (value, expected) => expect(change(value)).toBe(expected));

  it.each([
    [4, '+4 pp'],
    [-0.444, '−0.44 pp'],
    [-12.34, '−12.3 pp'],
    [0.001, '±0 pp'],
  ])('of %d points', (value, expected) => expect(points(value)).toBe(expected));
});

describe('times', () => {
  const YEAR = new Date().getFullYear();
  const moment = new Date(YEAR, 10, 21, 10, 4, 5);

  it('are of the own zone, on a clock of 24 hours', () => {
    expect(dateTime(moment)).toBe(`21 Nov ${YEAR}, 10:04:05`);
    expect(clock(new Date(YEAR, 10, 21, 22, 4))).toBe('22:04');
    expect(date(moment)).toBe('21 Nov');
  });

  it('from one to another name a day once', () => {
    expect(span(moment, new Date(YEAR, 10, 21, 11, 30))).toBe('21 Nov, 10:04 – 11:30');
    expect(span(moment, new Date(YEAR, 10, 22, 1))).toBe('21 Nov, 10:04 – 22 Nov, 01:00');
  });

  it('of another year name it', () => {
    const then = new Date(2019, 10, 21, 10, 4);
    expect([minute(then), date(then), day(then)]).toEqual([
      '21 Nov 2019, 10:04',
      '21 Nov 2019',
      'Thu, 21 Nov 2019',
    ]);
    expect(span(then, new Date(2019, 10, 21, 11, 30))).toBe('21 Nov 2019, 10:04 – 11:30');
    expect(span(then, moment)).toBe(`21 Nov 2019, 10:04 – 21 Nov ${YEAR}, 10:04`);
  });

  it('as of which something is are told by the clock today, else with the day', () => {
    const now = new Date();
    expect(asOf(now)).toMatch(/^\d\d:\d\d:\d\d$/);
    expect(asOf(new Date(2019, 10, 21, 10, 4, 5))).toBe('21 Nov 2019, 10:04:05');
  });

  it.each([
    [0, 'just now'],
    [12_000, '12 s ago'],
    [200_000, '3 min ago'],
    [7_300_000, '2 h ago'],
    [3 * 86_400_000, '3 d ago'],
  ])('%d ms ago', (since, expected) => expect(ago(moment, moment.getTime() + since)).toBe(expected));
});
