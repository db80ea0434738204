import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from './pace.js';

/** Takes whatever is due, on a clock that stands still only while something is. Gives what was taken, and when. */
function takeAll(pace: Pace, nowMs = 0): { atMs: number; take: number }[] {
  const taken: { atMs: number; take: number }[] = [];
  for (;;) {
    const next = pace.next(nowMs);
    if (next === 'done') return taken;
    if ('take' in next) taken.push({ atMs: nowMs, take: next.take });
    else nowMs += next.waitMs;
  }
}

const sum = (taken: readonly { take: number }[]) => taken.reduce((n, { take }) => n + take, 0);

describe('the pace', () => {
  it('makes the count that was asked for, never faster than asked for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 50_000, noNaN: true }),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 5000 }),
        (rps, batch, count) => {
          const taken = takeAll(new Pace({ rps, batch, count, startMs: 0, endMs: Infinity }));
          expect(sum(taken)).toBe(count);
          let before = 0;
          const early = taken.filter(({ atMs, take }) => {
            const allowed = (atMs / 1000) * rps + 1e-6 * count;
            before += take;
            return before - take > allowed || take > batch;
          });
          expect(early).toEqual([]);
        },
      ),
    );
  });

  it('ends in time', () => {
    const taken = takeAll(new Pace({ rps: 100, batch: 10, count: Infinity, startMs: 0, endMs: 2000 }));
    expect(sum(taken)).toBe(200);
  });

  it('sends a batch at least once a second', () => {
    const taken = takeAll(new Pace({ rps: 20, batch: 500, count: 100, startMs: 0, endMs: Infinity }));
    expect(taken).toEqual([0, 1000, 2000, 3000, 4000].map((atMs) => ({ atMs, take: 20 })));
  });

  it('does not catch up in one wave after a long outage', () => {
    const pace = new Pace({ rps: 10, batch: 1, count: Infinity, startMs: 0, endMs: 3_600_001 });
    pace.next(0);
    expect(sum(takeAll(pace, 3_600_000))).toBeLessThanOrEqual(51);
  });

  it('is as fast as events are taken where no speed is given', () => {
    const taken = takeAll(new Pace({ rps: 0, batch: 7, count: 20, startMs: 0, endMs: Infinity }));
    expect(taken.map(({ take }) => take)).toEqual([7, 7, 6]);
  });
});
