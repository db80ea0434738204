import { describe, expect, it } from 'vitest';
import { bucketText, cutBuckets, endOf, type Buckets } from './buckets.js';

const HOUR_S = 3_600;
const YEAR = new Date().getFullYear();
const at = (hour: number, minute = 0, year = YEAR) => new Date(year, 10, 21, hour, minute).getTime();
const hours = [9, 10, 11].map((hour) => at(hour) / 1000);
const counted = (fromMs: number, toMs: number): Buckets => ({
  times: hours,
  stepS: HOUR_S,
  counted: { fromMs, toMs },
});

describe('the buckets of a chart', () => {
  it('are cut where only a part of them was counted', () => {
    expect(cutBuckets(counted(at(9), at(12)))).toEqual([]);
    expect(cutBuckets(counted(at(9), at(11, 20)))).toEqual([2]);
    expect(cutBuckets(counted(at(9, 20), at(11, 20)))).toEqual([0, 2]);
    expect(cutBuckets({ ...counted(at(9, 20), at(9, 30)), times: [hours[0]] })).toEqual([0]);
    expect(cutBuckets({ times: hours, stepS: HOUR_S })).toEqual([]);
    expect(cutBuckets({ ...counted(0, 1), times: [] })).toEqual([]);
  });

  it('are named by their hours, and by what of them was counted', () => {
    expect(bucketText(counted(at(9), at(12)), 0)).toBe('21 Nov, 09:00 – 10:00');
    expect(bucketText(counted(at(9, 20), at(12)), 0)).toBe('21 Nov, 09:00 – 10:00 (only from 09:20)');
    expect(bucketText(counted(at(9), at(11, 20)), 2)).toBe('21 Nov, 11:00 – 12:00 (only until 11:20)');
  });

  it('of days by their dates, also those of 23 hours, and of other years by the year', () => {
    const day = { times: [at(0) / 1000], stepS: 23 * HOUR_S, counted: { fromMs: at(0), toMs: at(23) } };
    expect(bucketText(day, 0)).toMatch(/21 Nov$/);
    const earlier = { ...day, times: [at(0, 0, 2020) / 1000], counted: undefined };
    expect(bucketText(earlier, 0)).toMatch(/21 Nov 2020$/);
  });

  it('end where the next begins', () => {
    const change = { times: [hours[0], hours[0] + 2 * HOUR_S, hours[0] + 5 * HOUR_S], stepS: 3 * HOUR_S };
    expect([0, 1, 2].map((index) => (endOf(change, index) - hours[0]) / HOUR_S)).toEqual([2, 5, 8]);
  });
});
