import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTERVALS } from '../../core/counting/time-buckets.js';
import { bucketStarts } from '../../core/counting/time-buckets.js';
import { parseRfc3339 } from '../../core/records/rfc3339.js';
import { DAY, HOUR, MINUTE } from '../../core/time.js';
import { piecesOf } from './seen-store.js';

const NOW = parseRfc3339('2026-11-03T10:17:23.123Z')!;
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'Australia/Lord_Howe'];

function windowOf(from: number, to: number, interval: (typeof INTERVALS)[number], zone: string) {
  return { from, to, starts: bucketStarts(from, to, interval, zone, Infinity) };
}

describe('pieces of a window', () => {
  it('are the whole of it, each in one point, and kept where they are over', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: NOW - 40 * DAY, max: NOW }),
        fc.integer({ min: 1, max: 20 * DAY }),
        fc.constantFrom(...INTERVALS.slice(2)),
        fc.constantFrom(...ZONES),
        (from, length, interval, zone) => {
          const window = windowOf(from, from + length, interval, zone);
          const pieces = piecesOf(window, NOW);
          expect(pieces[0].from).toBe(from);
          expect(pieces.at(-1)!.to).toBe(from + length);
          for (const [i, piece] of pieces.entries()) {
            if (i > 0) expect(piece.from).toBe(pieces[i - 1].to);
            expect(piece.from).toBeGreaterThanOrEqual(window.starts[piece.point]);
            expect(piece.to).toBeLessThanOrEqual(window.starts[piece.point + 1] ?? window.to);
            if (piece.isKept) expect(piece.to).toBeLessThan(NOW);
          }
        },
      ),
    );
  });

  it.each(ZONES)('are days for a month by day, and hours where one is not whole, in %s', (zone) => {
    const pieces = piecesOf(windowOf(NOW - 30 * DAY, NOW + MINUTE, '1d', zone), NOW);
    const days = pieces.filter(({ isKept, from, to }) => isKept && to - from > HOUR);
    expect(days).toHaveLength(29);
    expect(pieces.filter(({ isKept, from, to }) => isKept && to - from === HOUR).length).toBeLessThan(25);
    const rows = pieces.filter(({ isKept }) => !isKept);
    expect(rows.reduce((sum, { from, to }) => sum + to - from, 0)).toBeLessThan(2 * HOUR + 6 * MINUTE);
    // what is kept is asked for again a minute later
    const later = piecesOf(windowOf(NOW - 30 * DAY + MINUTE, NOW + 2 * MINUTE, '1d', zone), NOW + MINUTE);
    expect(later.filter(({ isKept }) => isKept)).toEqual(pieces.filter(({ isKept }) => isKept));
  });

  it('are read from the rows where points are shorter than an hour', () => {
    const pieces = piecesOf(windowOf(NOW - DAY, NOW, '15m', 'UTC'), NOW);
    expect(pieces.some(({ isKept }) => isKept)).toBe(false);
    expect(pieces).toHaveLength(97);
  });
});
