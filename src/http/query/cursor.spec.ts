import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SightlineError } from '../../core/errors.js';
import { CursorCodec, isId, isText, isTime } from './cursor.js';

interface Position {
  name: string;
  id: number;
}
const codec = new CursorCodec<Position>({ name: (value) => isText(value, 100), id: isId });
const encode = (query: unknown, position: Position) => codec.encode(query, position)!;

const position = fc.record({
  name: fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0')),
  id: fc.maxSafeNat(),
});

function refusalOf(query: unknown, cursor: string): unknown {
  try {
    codec.decode(query, cursor);
    return null;
  } catch (error) {
    return error instanceof SightlineError && error.code === 'invalid_cursor'
      ? error.details[0].field
      : error;
  }
}

describe('a cursor', () => {
  it('gives back the position that it was made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), position, (query, place) => {
        expect(codec.decode(query, encode(query, place))).toEqual(place);
      }),
    );
  });

  it('of another query, of another server or of nobody is refused', () => {
    const cursor = encode(['events', 1], { name: 'a', id: 1 });
    expect(refusalOf(['events', 1], cursor)).toBeNull();
    expect(refusalOf(['events', 2], cursor)).toBe('cursor');
    // Of before there were versions.
    const parts = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    expect(refusalOf(['events', 1], Buffer.from(JSON.stringify(parts.slice(1))).toString('base64url'))).toBe(
      'cursor',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(refusalOf(1, text)).toBe('cursor');
      }),
    );
  });

  it('that was changed means what it says or is refused', () => {
    const change = fc.record({
      at: fc.nat(4),
      part: fc.oneof(fc.jsonValue(), fc.constantFrom('\0', '\ud800')),
    });
    fc.assert(
      fc.property(position, change, (place, { at, part }) => {
        const parts = JSON.parse(Buffer.from(encode(1, place), 'base64url').toString()) as unknown[];
        // -0 is 0 in JSON
        parts[at] = JSON.parse(JSON.stringify(part));
        const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url');
        const refusal = refusalOf(1, cursor);
        if (refusal === null) expect(parts.slice(2)).toEqual(Object.values(codec.decode(1, cursor)!));
        else expect(refusal).toBe('cursor');
      }),
    );
  });

  it('is none for the last page, and asks for the first', () => {
    expect([codec.encode(1, null), codec.decode(1, undefined)]).toEqual([null, null]);
  });

  it('has times in one spelling', () => {
    expect(isTime('2026-11-20T10:00:00.123456Z')).toBe(true);
    for (const other of ['2026-11-20T10:00:00+00:00', '2026-11-20', 'now', 5, null])
      expect(isTime(other)).toBe(false);
  });
});
