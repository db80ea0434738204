import { expect, it } from '@jest/globals';
import type { CountedRow } from './kind.js';
import { PendingBlocks } from './pending-blocks.js';

const rows = (count: number): CountedRow[] => Array.from({ length: count }, () => [1, 20_760, 0, 0, null]);

it('gives the blocks that are here and names those that are not', () => {
  const pending = new PendingBlocks();
  const some = rows(2);
  pending.add(7, some);
  expect(pending.of([6, 7, 8])).toEqual({ here: [{ id: 7, rows: some }], missing: [6, 8] });
  pending.forget([6, 7]);
  expect(pending.of([7])).toEqual({ here: [], missing: [7] });
});

it('keeps no more records than it may, and has room again for what it forgets', () => {
  const pending = new PendingBlocks(5);
  pending.add(1, rows(3));
  // known already: takes no room
  pending.add(1, rows(3));
  pending.add(2, rows(3));
  pending.add(3, rows(2));
  expect(pending.ids()).toEqual([1, 3]);
  pending.forget([2, 1, 1]);
  pending.add(2, rows(3));
  expect(pending.ids()).toEqual([3, 2]);
});
