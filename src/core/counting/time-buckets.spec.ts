import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRfc3339, parseRfc3339 } from '../records/rfc3339.js';
import { INTERVALS, type Interval } from './time-buckets.js';
import { bucketStarts, INTERVAL_MICROS, isTimeZone } from './time-buckets.js';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Asia/Kolkata',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
];

function startsOf(from: string, to: string, interval: Interval, zone: string): string[] {
  const starts = bucketStarts(parseRfc3339(from)!, parseRfc3339(to)!, interval, zone, 100);
  return starts.map((start) => formatRfc3339(start).slice(0, 16));
}

describe('buckets in a time zone', () => {
  it('days begin at midnight there, also those of 23 and 25 hours', () => {
    expect(startsOf('2026-03-28T12:00:00Z', '2026-03-31T00:00:00Z', '1d', 'Europe/Berlin')).toEqual([
      '2026-03-27T23:00',
      '2026-03-28T23:00',
      '2026-03-29T22:00',
      '2026-03-30T22:00',
    ]);
    expect(startsOf('2026-10-24T22:00:00Z', '2026-10-26T00:00:00Z', '1d', 'Europe/Berlin')).toEqual([
      '2026-10-24T22:00',
      '2026-10-25T23:00',
    ]);
  });

  it('a day without a midnight begins with the change of clocks, and a skipped day is none', () => {
    expect(startsOf('2018-11-03T12:00:00Z', '2018-11-05T12:00:00Z', '1d', 'America/Sao_Paulo')).toEqual([
      '2018-11-03T03:00',
      '2018-11-04T03:00',
      '2018-11-05T02:00',
    ]);
    expect(startsOf('2011-12-29T12:00:00Z', '2011-12-31T12:00:00Z', '1d', 'Pacific/Apia')).toEqual([
      '2011-12-29T10:00',
      '2011-12-30T10:00',
      '2011-12-31T10:00',
    ]);
  });

  it('hours begin at :30 where the zone does, and are halves where clocks change by half an hour', () => {
    expect(startsOf('2026-11-03T10:00:00Z', '2026-11-03T11:31:00Z', '1h', 'Asia/Kolkata')).toEqual([
      '2026-11-03T09:30',
      '2026-11-03T10:30',
      '2026-11-03T11:30',
    ]);
    expect(startsOf('2026-04-04T14:00:00Z', '2026-04-04T16:31:00Z', '1h', 'Australia/Lord_Howe')).toEqual([
      '2026-04-04T14:00',
      '2026-04-04T15:00',
      '2026-04-04T15:30',
      '2026-04-04T16:30',
    ]);
  });

  it('several hours begin where the clock shows a multiple of them, and end with a change of clocks', () => {
    expect(startsOf('2026-11-03T10:00:00Z', '2026-11-04T00:00:00Z', '6h', 'Asia/Kolkata')).toEqual([
      '2026-11-03T06:30',
      '2026-11-03T12:30',
      '2026-11-03T18:30',
    ]);
    expect(startsOf('2026-03-28T23:00:00Z', '2026-03-29T06:00:00Z', '3h', 'Europe/Berlin')).toEqual([
      '2026-03-28T23:00',
      '2026-03-29T01:00',
      '2026-03-29T04:00',
    ]);
  });

  it('cover the window and follow one another', () => {
    const anInstant = fc.integer({ min: Date.UTC(2025, 0) * 1000, max: Date.UTC(2027, 0) * 1000 });
    fc.assert(
      fc.property(
        anInstant,
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom(...INTERVALS),
        fc.constantFrom(...ZONES),
        (from, points, interval, zone) => {
          const to = from + points * INTERVAL_MICROS[interval];
          const starts = bucketStarts(from, to, interval, zone, Infinity);
          expect(starts[0]).toBeLessThanOrEqual(from);
          expect(starts.at(-1)).toBeLessThan(to);
          const widths = starts.map((start, i) => (starts[i + 1] ?? to) - start);
          expect(Math.min(...widths)).toBeGreaterThan(0);
          expect(Math.max(...widths)).toBeLessThanOrEqual(
            INTERVAL_MICROS[interval] * (interval === '1d' ? 25 / 24 : 1),
          );
          expect(bucketStarts(from, to, interval, zone, 3)).toEqual(starts.slice(0, 3));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('knows time zones by name', () => {
    expect(['Europe/Berlin', 'UTC', 'Mars/Base', ''].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});
