import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRfc3339, parseRfc3339 } from '../../core/records/rfc3339.js';
import { MINUTE } from '../../core/time.js';
import { entryPoints, RANGES, uniquePoints, windowOf, type Range } from './window.js';

const NOW = parseRfc3339('2026-11-20T10:18:42.123456Z')!;
const STEPS: Record<Range, number> = { hour: MINUTE, day: 15 * MINUTE, week: 60 * MINUTE };
const LENGTHS: Record<Range, number> = { hour: 60, day: 1440, week: 7 * 1440 };

describe('the window of a range', () => {
  it.each([
    ['hour', '2026-11-20T09:18:00.000Z'],
    ['day', '2026-11-19T10:15:00.000Z'],
    ['week', '2026-11-13T10:00:00.000Z'],
  ] as const)('of a %s begins at %s and ends with the current minute', (range, from) => {
    const window = windowOf(range, NOW);
    expect(formatRfc3339(window.from)).toBe(from);
    expect(formatRfc3339(window.to)).toBe('2026-11-20T10:19:00.000Z');
  });

  it('holds all of the range and little more, in whole steps', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RANGES), fc.integer({ min: 0, max: 4e15 }), (range, now) => {
        const { from, to } = windowOf(range, now);
        const start = now - LENGTHS[range] * MINUTE;
        expect(from % STEPS[range] === 0 && from <= start && from > start - STEPS[range]).toBe(true);
        expect(to % MINUTE === 0 && to > now && to <= now + MINUTE).toBe(true);
      }),
    );
  });
});

describe('the points of a series', () => {
  const numberOf = (points: typeof entryPoints) =>
    RANGES.map((range) => points(range, windowOf(range, NOW)).length);

  it('are minutes or hours of entries, and quarter hours, hours or days of addresses', () => {
    expect(numberOf(entryPoints)).toEqual([61, 25, 169]);
    expect(numberOf(uniquePoints)).toEqual([5, 25, 8]);
  });

  it('begin with the window, where that is in the middle of one', () => {
    const window = windowOf('week', NOW);
    const times = uniquePoints('week', window).map(formatRfc3339);
    expect(times.slice(0, 2)).toEqual(['2026-11-13T10:00:00.000Z', '2026-11-14T00:00:00.000Z']);
    expect(times.at(-1)).toBe('2026-11-20T00:00:00.000Z');
  });
});
