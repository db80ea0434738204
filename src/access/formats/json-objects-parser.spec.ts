import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomesIn } from '../../../test/support/raw-records.js';
import { JsonObjectsParser } from './json-objects-parser.js';
import { MAX_RECORD_BYTES } from './record-parser.js';

const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }));

describe('JSON objects one behind the other', () => {
  it('are given as JSON.parse gives each, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(object),
        fc.constantFrom('', ' ', '\n', '\r\n\t'),
        fc.constantFrom(undefined, 1),
        fc.integer({ min: 1, max: 50 }),
        async (values, between, indent, pieceBytes) => {
          const texts = values.map((value) => JSON.stringify(value, null, indent));
          const given = await outcomesIn(new JsonObjectsParser(), texts.join(between), pieceBytes);
          expect(given).toEqual(texts.map((text) => JSON.parse(text) as unknown));
        },
      ),
    );
  });

  it.each([
    '{',
    '{}]',
    '{}x',
    '{},{}',
    '{}[]',
    '[{}]',
    '{"a"}',
    '{}{"a":}',
    '{]',
    '{"a":"}',
    '\ufeff{}\ufeff',
  ])('%s is none of them', async (text) => {
    for (const pieceBytes of [1, 2, 1000]) {
      const given = outcomesIn(new JsonObjectsParser(), text, pieceBytes);
      await expect(given).rejects.toMatchObject({ code: 'invalid_json' });
    }
  });

  it('are refused one by one where no store could hold them', async () => {
    const large = `{"path":"${'x'.repeat(MAX_RECORD_BYTES)}"}`;
    const text = `\ufeff{"path":"/a"}${large}{"path":"a\\u0000"}{"path":"/b"}`;
    for (const pieceBytes of [1000, Infinity]) {
      expect(await outcomesIn(new JsonObjectsParser(), text, pieceBytes)).toEqual([
        { path: '/a' },
        'is larger than 256 KiB',
        'path contains a NUL character',
        { path: '/b' },
      ]);
    }
  });
});
