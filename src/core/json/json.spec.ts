import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findUnstorable, mayHoldUnstorableText, parseJson } from './json.js';

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(
        fc.json().filter((text) => !/\d{16}/.test(text)),
        (text) => {
          expect(parseJson(text)).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it.each([
    '{"n":12345678901234567890}',
    '{"n":-9007199254740993,"text":"1234567890123456789"}',
    '[9007199254740993,[{"deep":18446744073709551615}]]',
    '{"__proto__":{"a":12345678901234567890},"constructor":1}',
  ])('keeps %s digit by digit', (text) => {
    expect(JSON.stringify(parseJson(text))).toBe(text);
  });

  it('keeps a long integer wherever it stands', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.bigInt({ min: 2n ** 53n, max: 10n ** 40n }), (before, integer) => {
        const text = `{"text":"${'1x'.repeat(before)}","n":${integer}}`;
        expect(JSON.stringify(parseJson(text))).toBe(text);
      }),
    );
  });

  it('keeps fractions and safe integers as numbers', () => {
    expect(parseJson('{"a":0.12345678901234567,"b":1234567890123456}')).toEqual({
      a: 0.12345678901234567,
      b: 1234567890123456,
    });
  });

  it('takes the last of a key given twice', () => {
    expect(parseJson('{"a":12345678901234567890,"a":2}')).toEqual({ a: 2 });
    expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 });
  });
});

describe('findUnstorable', () => {
  const find = (text: string) => findUnstorable(parseJson(text), mayHoldUnstorableText(text));

  it.each([
    ['{"a":{"b":["x","\\u0000"]}}', 'a.b[1]', /NUL/],
    ['{"a":"\\ud800"}', 'a', /surrogate/],
    ['{"a":"\\uDC00\\uD800"}', 'a', /surrogate/],
    ['{"properties":{"k\\u0000":1}}', 'properties', /key.*NUL/],
    ['{"a":1e400}', 'a', /too large/],
    ['{"a":[1,-1e400]}', 'a[1]', /too large/],
    [`{"a":${'9'.repeat(400)}}`, 'a', /too large/],
  ])('finds what is wrong in %s', (text, path, message) => {
    expect(find(text)).toEqual({ path, message: expect.stringMatching(message) as unknown });
  });

  it.each([
    '{"a":"\\ud83d\\ude00"}',
    '{"a":"\\\\u0000"}',
    '{"a":12345678901234567890}',
    '"x"',
    'null',
    '{"__proto__":[]}',
  ])('finds nothing in %s', (text) => {
    expect(find(text)).toBeNull();
  });

  it('allows 32 levels and no more', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(find(nested(32))).toBeNull();
    expect(find(nested(33))).toMatchObject({ message: expect.stringMatching(/32 levels/) as unknown });
    expect(find(nested(100_000))).not.toBeNull();
  });

  it('lets pass only what PostgreSQL can hold: no NUL, no half pair, anywhere', () => {
    const piece = fc.constantFrom('a', 'é', '😀', '\0', '\ud800', '\udc00', '\\', 'u0000', '"');
    const text = fc.string({ unit: piece, maxLength: 5 });
    const record = fc.object({
      key: text,
      values: [text, fc.double({ noDefaultInfinity: true, noNaN: true })],
    });
    fc.assert(
      fc.property(record, (value) => {
        const storable = everyText(value, (s) => s.isWellFormed() && !s.includes('\0'));
        expect(find(JSON.stringify(value)) === null).toBe(storable);
      }),
    );
  });
});

function everyText(value: unknown, holds: (text: string) => boolean): boolean {
  if (typeof value === 'string') return holds(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => holds(key) && everyText(inner, holds));
}
