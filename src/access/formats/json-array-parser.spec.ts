import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomesIn } from '../../../test/support/raw-records.js';
import { JsonArrayParser } from './json-array-parser.js';
import { lineElement } from './lines-parser.js';

const PIECES = [1, 2, 7, 1000];

describe('a JSON array', () => {
  it('gives what JSON.parse gives, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 3 })),
        fc.constantFrom(undefined, 1, '\t'),
        fc.integer({ min: 1, max: 50 }),
        async (values, indent, pieceBytes) => {
          const text = JSON.stringify(values, null, indent);
          const given = await outcomesIn(new JsonArrayParser((value) => ({ value })), text, pieceBytes);
          expect(given).toEqual(JSON.parse(text));
        },
      ),
    );
  });

  it('is refused exactly where JSON.parse refuses it', async () => {
    const token = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      '"',
      '"a"',
      '1',
      '\\',
      'null',
      ' ',
      '"]"',
      '",',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(token), fc.integer({ min: 1, max: 9 }), async (tokens, pieceBytes) => {
        const text = `[${tokens.join('')}`;
        const given = outcomesIn(new JsonArrayParser((value) => ({ value })), text, pieceBytes);
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          await expect(given).rejects.toMatchObject({ code: 'invalid_json' });
          return;
        }
        expect(await given).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    '',
    ' ',
    '{}',
    '[',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[,]',
    '[1,,2]',
    '[1]]',
    '[1][2]',
    '[1] x',
    '[1}',
    '["a]',
  ])('is not %j', async (text) => {
    for (const pieceBytes of PIECES) {
      const given = outcomesIn(new JsonArrayParser(), text, pieceBytes);
      await expect(given).rejects.toMatchObject({ code: 'invalid_json' });
    }
  });

  it('may begin with a byte order mark', async () => {
    for (const pieceBytes of PIECES) {
      expect(await outcomesIn(new JsonArrayParser(), '\ufeff \n[7]\r\n', pieceBytes)).toEqual([7]);
    }
  });

  it('is refused when it is nested too deep, or not UTF-8', async () => {
    const deep = `[${'['.repeat(1_000_000)}`;
    await expect(outcomesIn(new JsonArrayParser(), deep, 1000)).rejects.toMatchObject({
      code: 'invalid_json',
    });
    const latin1 = Buffer.from('["\xe4"]', 'latin1');
    await expect(outcomesIn(new JsonArrayParser(), latin1)).rejects.toMatchObject({ code: 'invalid_json' });
  });

  it('of lines passes over the blank ones, and keeps their places', async () => {
    const line = '2026-11-20T10:00:00Z 1.2.3.4 GET / 200 1ms';
    const parser = new JsonArrayParser(lineElement);
    const records = parser.write(Buffer.from(JSON.stringify(['', line, ' \t', 5, 'x'])));
    expect(records.map(({ index, errors }) => [index, errors?.[0].message])).toEqual([
      [1, undefined],
      [3, 'must be a string'],
      [4, expect.stringContaining('has 1 fields')],
    ]);
    await parser.end();
  });
});
