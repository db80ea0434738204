import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CellTable } from './cell-table.js';
import { Cells } from './cells.js';

const POINTS = 3;
const value = fc.constantFrom('', 'a', 'b', '__proto__', '(other)');
const cell = fc.tuple(value, fc.integer({ min: 1, max: 1e9 }), fc.nat({ max: 1e9 }));
/** At a point: single cells, or the JSON of some, up to several thousand in all. */
const added = fc.tuple(
  fc.nat({ max: POINTS - 1 }),
  fc.oneof(
    cell.map((one) => ({ one })),
    fc.array(cell, { maxLength: 400 }).map((json) => ({ json })),
  ),
);

it('adds up to what cells do, at each point', () => {
  fc.assert(
    fc.property(fc.array(added, { maxLength: 20 }), (all) => {
      const table = new CellTable(POINTS);
      const points = Array.from({ length: POINTS }, () => new Cells());
      for (const [point, some] of all) {
        const cells = 'one' in some ? [some.one] : some.json;
        if ('one' in some) table.add(point, ...some.one);
        else table.mergeCounts(point, JSON.stringify(cells));
        for (const [name, n, errors] of cells) points[point].of(name).addCounts(n, errors, 0, 0, null);
      }
      for (const [point, cells] of points.entries()) {
        const sums = new Cells();
        table.forEachAt(point, (measures, name) => sums.of(name).merge(measures));
        expect(sums.countsJson()).toBe(cells.countsJson());
      }
    }),
  );
});
