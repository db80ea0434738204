import { expect, it } from 'vitest';
import { CountedRecords } from './counted-records.js';
import { EVENTS, type CountedRow } from './kind.js';
import { PendingBlocks } from './pending-blocks.js';

const event: CountedRow = [1, 20_760, 0, 0, null, 'behavioral', 'tap', 'normal', '', '', null, null];
const block = (id: number, records: number) => ({ id, rows: Array.from({ length: records }, () => event) });
const bytesOf = (records: number) => CountedRecords.fromRows(EVENTS, block(0, records).rows).bytes;

it('gives the blocks that are here and names those that are not', () => {
  const pending = new PendingBlocks(EVENTS);
  pending.add(block(7, 2));
  const { here, missing } = pending.of([6, 7, 8]);
  expect(here.map(({ length }) => length)).toEqual([2]);
  expect(missing).toEqual([6, 8]);
  pending.forget([6, 7]);
  expect(pending.of([7])).toEqual({ here: [], missing: [7] });
});

it('keeps what it has room for, and has room again for what it forgets', () => {
  const pending = new PendingBlocks(EVENTS, bytesOf(300) + 1);
  pending.add(block(1, 300));
  // known already: takes no room
  pending.add(block(1, 300));
  pending.add(block(2, 2));
  pending.add(block(3, 2));
  expect(pending.ids()).toEqual([1, 2]);
  // what was read is given all the same
  expect(pending.take(block(4, 3)).length).toBe(3);
  expect(pending.ids()).toEqual([1, 2]);
  pending.forget([1, 1, 3]);
  pending.add(block(3, 2));
  expect(pending.ids()).toEqual([2, 3]);
});

it('of a process that answers no queries keeps nothing', () => {
  const pending = new PendingBlocks(EVENTS, 0);
  pending.add(block(1, 1));
  expect(pending.ids()).toEqual([]);
});
