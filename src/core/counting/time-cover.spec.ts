import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MINUTE } from '../time.js';
import { cover, TIERS } from './time-cover.js';

const anInstant = fc.oneof(
  fc.integer({ min: -100 * 1440 * MINUTE, max: 100 * 1440 * MINUTE }),
  fc.integer({ min: -9600, max: 9600 }).map((quarters) => quarters * 15 * MINUTE),
  fc.integer({ min: -9600, max: 9600 }).map((minutes) => minutes * MINUTE),
);
const someTiers = fc.subarray([...TIERS]);
const aFloor = anInstant.map((instant) => Math.ceil(instant / MINUTE) * MINUTE);

it('pieces follow one another from the first instant to the last', () => {
  fc.assert(
    fc.property(anInstant, anInstant, someTiers, aFloor, (from, to, tiers, floor) => {
      const pieces = cover(from, to, tiers, floor);
      if (from >= to) {
        expect(pieces).toEqual([]);
        return;
      }
      expect(pieces.map((piece) => piece.from)).toEqual([
        from,
        ...pieces.slice(0, -1).map((piece) => piece.to),
      ]);
      expect(pieces.at(-1)!.to).toBe(to);
      expect(pieces.every((piece) => piece.from < piece.to)).toBe(true);
    }),
  );
});

it('a tier has whole buckets only, minutes none before the floor, and rows less than two buckets', () => {
  fc.assert(
    fc.property(anInstant, anInstant, aFloor, (from, to, floor) => {
      for (const piece of cover(from, to, TIERS, floor)) {
        if (piece.tier === 0) {
          const width = piece.from >= floor ? 1 : 15;
          expect(piece.to - piece.from).toBeLessThan(2 * width * MINUTE);
        } else {
          expect([piece.from, piece.to].map((time) => Math.abs(time % (piece.tier * MINUTE)))).toEqual([
            0, 0,
          ]);
        }
        if (piece.tier === 1) expect(piece.from).toBeGreaterThanOrEqual(floor);
      }
    }),
  );
});
