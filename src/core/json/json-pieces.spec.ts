import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonText } from './json-body.js';
import { parseInPieces, TOO_LARGE } from './json-pieces.js';

const BOUNDS = { maxElements: 100_000, maxElementBytes: 2 * 1024 * 1024 };

/** What JSON.parse gives or refuses, and what pieces give or refuse. */
async function both(text: string): Promise<[whole: unknown, pieces: unknown]> {
  const whole = (() => {
    try {
      return parseJsonText(text);
    } catch {
      return 'refused';
    }
  })();
  const pieces = await parseInPieces(Buffer.from(text), BOUNDS).then(
    ({ value }) => value,
    () => 'refused',
  );
  return [whole, pieces];
}

const element = fc.oneof(
  { weight: 3, arbitrary: fc.json({ maxDepth: 3 }) },
  // Larger than a piece now and then, with all that looks like structure inside of a string.
  fc
    .tuple(fc.string(), fc.integer({ min: 0, max: 60_000 }))
    .map(([text, times]) => JSON.stringify({ text: `"[{,]}\\${text}`.repeat(times % 7 === 0 ? times : 1) })),
);
const array = fc.array(element, { maxLength: 6 }).map((elements) => `[${elements.join(' , ')}]`);
const member = fc.tuple(
  fc.constantFrom('logs', 'meta', '__proto__'),
  fc.oneof(array, fc.json({ maxDepth: 3 })),
);
const body = fc
  .array(member, { maxLength: 4 })
  .map((members) => `{${members.map(([name, value]) => ` "${name}" :${value}`).join(',')}}`);

describe('a body in pieces', () => {
  it('is what JSON.parse makes of it', async () => {
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const [whole, pieces] = await both(text);
        // By text: JSON.parse makes an own property of __proto__, which toEqual does not compare.
        expect(JSON.stringify(pieces)).toBe(JSON.stringify(whole));
      }),
      { numRuns: 150 },
    );
  });

  it('with one character too many, too few or another is refused or read as JSON.parse does', async () => {
    const change = fc.tuple(body, fc.nat(), fc.constantFrom('', ',', '"', '[', ']', '{', '}', '\\', '1'));
    await fc.assert(
      fc.asyncProperty(change, async ([text, place, put]) => {
        const at = place % text.length;
        const [whole, pieces] = await both(text.slice(0, at) + put + text.slice(at + 1));
        // A top-level array's members are no records: nothing more is asked of it than to be JSON.
        if (!Array.isArray(whole)) expect(JSON.stringify(pieces)).toBe(JSON.stringify(whole));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps order, exact integers and the last of two keys over many pieces', async () => {
    const logs = Array.from({ length: 20_000 }, (_, n) => ({ n, filler: 'x'.repeat(n % 90) }));
    const text = `{"logs":[1],"big":12345678901234567890,"logs":${JSON.stringify(logs)}}`;
    const { value } = await parseInPieces(Buffer.from(text), BOUNDS);
    expect((value as { logs: unknown }).logs).toEqual(logs);
    expect(JSON.stringify(value)).toContain('"big":12345678901234567890');
  });

  it('says of an element that is too large that it is, and reads its neighbours', async () => {
    const large = JSON.stringify('x'.repeat(3 * 1024 * 1024));
    for (const text of [
      `{"logs":[1,${large},2,3]}`,
      `{"logs":[1,2,3,${large}]}`,
      `{"logs":[${large},1,2,3]}`,
    ]) {
      const { value } = await parseInPieces(Buffer.from(text), BOUNDS);
      const { logs } = value as { logs: unknown[] };
      expect(logs.filter((one) => one !== TOO_LARGE)).toEqual([1, 2, 3]);
      expect(logs).toHaveLength(4);
    }
  });

  it.each([
    [
      'much outside of its arrays',
      `{"note":"${'x'.repeat(3 * 1024 * 1024)}","logs":[]}`,
      'request_too_large',
    ],
    // as soon as that is seen: 8 MB of blanks were scanned to their end
    [
      'much outside before anything else',
      `{${' '.repeat(3 * 1024 * 1024)}${'['.repeat(5_000)}`,
      'request_too_large',
    ],
    ['deep nesting', `{"logs":[${'['.repeat(5_000)}`, 'invalid_json'],
    ['an end in the middle', `{"logs":[${'1,'.repeat(500_000)}`, 'invalid_json'],
    ['nothing', '', 'invalid_json'],
  ])('with %s is refused', async (_, text, code) => {
    await expect(parseInPieces(Buffer.from(text), BOUNDS)).rejects.toMatchObject({ code });
  });

  it('tells of escapes that cannot be stored, wherever they stand', async () => {
    for (const text of ['{"logs":["\\u0000"]}', '{"\\ud800":1,"logs":[1]}']) {
      expect((await parseInPieces(Buffer.from(text), BOUNDS)).mayHoldUnstorableText).toBe(true);
    }
    expect((await parseInPieces(Buffer.from('{"logs":["\\u0041"]}'), BOUNDS)).mayHoldUnstorableText).toBe(
      false,
    );
  });
});
