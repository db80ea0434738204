import fc from 'fast-check';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { BinaryArray, OID } from './binary-array.js';

/** What pg, which reads this format (integers without their sign) and does not write it, makes of an array of the type with this id. */
function read(oid: number, bytes: Buffer): unknown {
  return (pg.types.getTypeParser as (oid: number, format: 'binary') => (bytes: Buffer) => unknown)(
    oid,
    'binary',
  )(bytes);
}

const TEXT_ARRAY = 1009;
const INT4_ARRAY = 1007;

describe('BinaryArray', () => {
  // More than its first buffer holds: it grows in the middle of an array.
  it('writes what pg reads, however long', () => {
    const texts = new BinaryArray(OID.text);
    const numbers = new BinaryArray(OID.int4);
    const size = { maxLength: 2000, size: 'max' } as const;
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.string({ unit: 'grapheme', maxLength: 40 })), size),
        fc.array(fc.option(fc.nat()), size),
        (someTexts, someNumbers) => {
          const empty = (items: unknown[]) => (items.length === 0 ? [] : items);
          expect(
            read(
              TEXT_ARRAY,
              texts.encode(someTexts, (array, value) => array.text(value)),
            ),
          ).toEqual(empty(someTexts));
          expect(
            read(
              INT4_ARRAY,
              numbers.encode(someNumbers, (array, value) => array.int4(value)),
            ),
          ).toEqual(empty(someNumbers));
        },
      ),
      { numRuns: 30 },
    );
  });
});
