import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cells } from './cells.js';

function cellsOf(hits: readonly (readonly [value: string, error: 0 | 1, ms: number | null])[]): Cells {
  const cells = new Cells();
  for (const [value, error, ms] of hits) cells.of(value).add(error, ms);
  return cells;
}

const told = (cells: Cells) =>
  new Map([...cells.entries()].map(([value, measures]) => [value, { ...measures }]));

describe('cells as JSON', () => {
  it('are the same when they are read again, whatever the values', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('', '__proto__', 'constructor', '(other)', '\u2028"\\'),
    );
    const ms = fc.option(
      fc.oneof(fc.double({ min: -1e300, max: 1e300, noNaN: true }), fc.constantFrom(0, 1e300)),
    );
    const hits = fc.array(fc.tuple(value, fc.constantFrom(0 as const, 1 as const), ms), { maxLength: 30 });
    fc.assert(
      fc.property(hits, (some) => {
        const cells = cellsOf(some);
        const again = new Cells();
        again.mergeCounts(cells.countsJson());
        // JSON has no -0
        expect(JSON.stringify([...told(again)])).toBe(JSON.stringify([...told(cells)]));
      }),
    );
  });

  it('leave out durations where there are none', () => {
    expect(
      cellsOf([
        ['a', 1, null],
        ['a', 0, null],
        ['b', 0, 7],
      ]).countsJson(),
    ).toBe('[["a",2,1],["b",1,0,1,7,7]]');
    expect([new Cells().countsJson(), new Cells().histogramsJson()]).toEqual(['[]', null]);
  });

  it('add histograms up by bin', () => {
    const cells = new Cells();
    cells.mergeHistograms('[["a",[1,3],[2,1]]]');
    cells.mergeHistograms('[["a",[3,9],[4,1]],["__proto__",[-5],[1]]]');
    expect(JSON.parse(cells.histogramsJson()!)).toEqual([
      ['a', [1, 3, 9], [2, 5, 1]],
      ['__proto__', [-5], [1]],
    ]);
  });
});
