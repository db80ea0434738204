import { describe, expect, it } from 'vitest';
import { fittingIntervals, intervalOf, READABLE_POINTS, uniquesInterval } from './interval.js';

const NOW = Date.parse('2026-11-21T10:17:23Z');
const HOUR_MS = 3_600_000;
const last = (hours: number, agoHours = 0) => ({
  fromMs: NOW - (hours + agoHours) * HOUR_MS,
  toMs: NOW - agoHours * HOUR_MS,
});
const auto = (hours: number, points: number = READABLE_POINTS.desk) =>
  intervalOf(undefined, last(hours), NOW, points);

describe('the interval of a window', () => {
  it('is one whose points can be read', () => {
    expect([1, 6, 24, 7 * 24, 30 * 24, 365 * 24].map((hours) => auto(hours))).toEqual([
      '1m',
      '5m',
      '15m',
      '3h',
      '6h',
      '1d',
    ]);
    expect([1, 24, 7 * 24, 30 * 24].map((hours) => auto(hours, READABLE_POINTS.phone))).toEqual([
      '1m',
      '1h',
      '3h',
      '1d',
    ]);
  });

  it('is what was asked for, where that fits', () => {
    expect(intervalOf('6h', last(7 * 24), NOW, 120)).toBe('6h');
    expect(intervalOf('1m', last(7 * 24), NOW, 120)).toBe('3h');
    expect(intervalOf('1s', last(24), NOW, 120)).toBe('15m');
  });

  it('may be any that gives neither a blur nor a bar or two', () => {
    expect(fittingIntervals(last(24), NOW)).toEqual(['5m', '15m', '1h', '3h', '6h']);
    expect(fittingIntervals(last(24, 30 * 24), NOW)).toEqual(['15m', '1h', '3h', '6h']);
    expect(fittingIntervals(last(0.02), NOW)).toEqual(['1m']);
    expect(fittingIntervals(last(0.5, 30 * 24), NOW)).toEqual(['15m']);
    expect(fittingIntervals(last(3_000 * 24), NOW)).toEqual(['1d']);
  });

  it('of unique addresses is a quarter of an hour where their minutes are gone', () => {
    expect(uniquesInterval('5m', last(6), NOW)).toBe('15m');
    expect(uniquesInterval('1m', last(1), NOW)).toBe('1m');
    expect(uniquesInterval('3h', last(24), NOW)).toBe('3h');
  });
});
