import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MINUTE } from '../time.js';
import { CountedRecords } from './counted-records.js';
import { EVENTS, FIRST_VALUE, type CountedRow } from './kind.js';
import { hashOf } from './unique-sketch.js';

/** The years 1 and 9999, in microseconds. */
const [FIRST, LAST] = [-62_135_596_800_000_000, 253_402_300_799_999_999];

const aValue = fc.constantFrom('', 'a', '__proto__', '(other)', 'ä"\\\u2028');
const aRow = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 20_759, max: 20_760 }),
    fc.oneof(fc.integer({ min: 0, max: 3 * MINUTE }), fc.integer({ min: FIRST, max: LAST })),
    fc.constantFrom(0 as const, 1 as const),
    fc.option(fc.double({ noNaN: true })),
    fc.array(aValue, { minLength: 5, maxLength: 5 }),
    fc.array(fc.option(fc.string()), { minLength: 2, maxLength: 2 }),
  )
  .map(([project, day, timestamp, error, ms, values, ids]): CountedRow => [
    ...([project, day, timestamp, error, ms] as const),
    ...values,
    ...ids,
  ]);

/** Each record as a row, with hashes for users and sessions. */
function rowsOf(records: CountedRecords): unknown[][] {
  return Array.from({ length: records.length }, (_, i) => [
    records.projects[i],
    records.days[i],
    records.timestamps[i],
    records.errors[i],
    records.durationMs(i),
    ...EVENTS.dimensions.slice(1).map((_, d) => records.value(i, d + 1)),
    ...EVENTS.uniqueKinds.map((_, unique) => records.hash(i, unique)),
  ]);
}

const hashed = (row: CountedRow): unknown[] =>
  row.map((field, at) => (at < FIRST_VALUE + 5 || field === null ? field : hashOf(field as string)));

it('tells of each record what its row does', () => {
  fc.assert(
    fc.property(fc.array(aRow), (rows) => {
      const records = CountedRecords.fromRows(EVENTS, rows);
      expect(rowsOf(records)).toEqual(rows.map(hashed));
      expect(records.value(0, 0)).toBe('');
    }),
  );
});

it('joins tables, without the projects that are gone', () => {
  fc.assert(
    fc.property(fc.array(fc.array(aRow, { maxLength: 8 }), { maxLength: 4 }), (tables) => {
      const joined = CountedRecords.concat(
        EVENTS,
        tables.map((rows) => CountedRecords.fromRows(EVENTS, rows)),
        (projectId) => projectId !== 2,
      );
      const wanted = tables.flat().filter(([projectId]) => projectId !== 2);
      expect(rowsOf(joined)).toEqual(wanted.map(hashed));
    }),
  );
});

it('orders them by project, day of receipt and minute', () => {
  fc.assert(
    fc.property(fc.array(aRow), (rows) => {
      const order = CountedRecords.fromRows(EVENTS, rows).inOrder();
      expect(order.toSorted((a, b) => a - b)).toEqual(rows.map((_, i) => i));
      const keys = order.map((i) => [rows[i][0], rows[i][1], Math.floor(rows[i][2] / MINUTE)]);
      const groups = keys.map(([project, day]) => `${project} ${day}`);
      // each group is in one piece
      expect(groups.filter((group, at) => group !== groups[at - 1])).toEqual([...new Set(groups)]);
      for (const [at, [project, day, minute]] of keys.entries()) {
        const [, , before] = keys[at - 1] ?? [];
        if (groups[at] === groups[at - 1]) expect(before).toBeLessThanOrEqual(minute);
        expect([project, day, minute].every(Number.isInteger)).toBe(true);
      }
    }),
  );
});
