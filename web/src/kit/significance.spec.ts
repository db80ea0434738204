import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countsDiffer, sharesDiffer, standsOut } from './significance.js';

const overall = { hits: 50, of: 1_000 };

describe('a share that stands out', () => {
  it.each([
    [1, 3, false],
    [4, 29, false],
    [4, 40, false],
    [8, 80, false],
    [20, 100, true],
    [6_000, 100_000, false],
    [8_000, 100_000, true],
    [2, 100, false],
    [0, 0, false],
  ])('%d of %d against 5 %%: %s', (hits, of, expected) => {
    expect(standsOut({ hits, of }, overall)).toBe(expected);
  });

  it('is measured by the overall rate, not by its neighbours', () => {
    expect(standsOut({ hits: 60, of: 100 }, { hits: 550, of: 1_000 })).toBe(false);
    expect(standsOut({ hits: 60, of: 100 }, { hits: 0, of: 0 })).toBe(true);
  });

  it('is never that of the whole itself', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (hits, rest) => {
        const whole = { hits, of: hits + rest };
        expect(standsOut(whole, whole)).toBe(false);
      }),
    );
  });
});

describe('a difference', () => {
  it('of shares needs a sample, and more than chance', () => {
    expect(sharesDiffer({ hits: 1, of: 10 }, { hits: 9, of: 10 })).toBe(false);
    expect(sharesDiffer({ hits: 12, of: 400 }, { hits: 9, of: 400 })).toBe(false);
    expect(sharesDiffer({ hits: 40, of: 400 }, { hits: 9, of: 400 })).toBe(true);
    expect(sharesDiffer({ hits: 0, of: 400 }, { hits: 0, of: 400 })).toBe(false);
  });

  it('of counts needs more than chance', () => {
    expect(countsDiffer(12, 9)).toBe(false);
    expect(countsDiffer(1_000, 1_050)).toBe(false);
    expect(countsDiffer(1_000, 1_200)).toBe(true);
    expect(countsDiffer(0, 0)).toBe(false);
  });
});
