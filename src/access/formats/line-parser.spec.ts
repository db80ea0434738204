import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomesIn, recordsIn } from '../../../test/support/raw-records.js';
import { LineParser } from './line-parser.js';
import { MAX_RECORD_BYTES } from './record-parser.js';

const echo = () => new LineParser((line) => ({ value: line }));

describe('lines', () => {
  it.each([
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb', ['a', 'b']],
    ['\n\na\n \t\r\nb\n\n', ['a', 'b']],
    ['', []],
    ['\n', []],
    ['\ufeffa\n\ufeffb\n', ['a', '\ufeffb']],
    ['ä\n😀\n', ['ä', '😀']],
  ])('of %j are %j', async (text, lines) => {
    for (const pieceBytes of [1, 2, 3, 1000]) {
      expect(await outcomesIn(echo(), text, pieceBytes)).toEqual(lines);
    }
  });

  it('of whatever text are what split gives, cut where it may', async () => {
    const text = fc.array(fc.constantFrom('a', 'ä', '😀', '\n', '\r\n', ' ')).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (lines, pieceBytes) => {
        const expected = lines.split(/\r?\n/).filter((line) => line.trim() !== '');
        expect(await outcomesIn(echo(), lines, pieceBytes)).toEqual(expected);
      }),
    );
  });

  it('are told with where they end: a parser that begins there goes on', async () => {
    const text = 'äöü\n\n\r\nb\r\n😀\nlast';
    const all = await recordsIn(echo(), text, 5);
    for (const [at, { index, endByte }] of all.entries()) {
      expect(index).toBe(at);
      const rest = new LineParser((line) => ({ value: line }), { index: index + 1, byte: endByte });
      expect(await recordsIn(rest, Buffer.from(text).subarray(endByte), 3)).toEqual(all.slice(at + 1));
    }
  });

  it('that are too long are refused, and cost no memory', async () => {
    const long = 'x'.repeat(3 * MAX_RECORD_BYTES);
    const wanted = ['a', 'is larger than 256 KiB', 'b', 'is larger than 256 KiB'];
    for (const pieceBytes of [1000, 65_536, Infinity]) {
      expect(await outcomesIn(echo(), `a\n${long}\nb\n${long}`, pieceBytes)).toEqual(wanted);
    }
  });

  it('that are not UTF-8 are refused, and only they', async () => {
    const text = Buffer.concat([Buffer.from('a\nb'), Buffer.from([0xff]), Buffer.from('\n\ufffd\n')]);
    expect(await outcomesIn(echo(), text, 2)).toEqual(['a', 'is not UTF-8', '\ufffd']);
    expect(await outcomesIn(echo(), text)).toEqual(['a', 'is not UTF-8', '\ufffd']);
  });
});
