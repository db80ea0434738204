import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partsOf, spelled } from './unseen.js';

describe('a name', () => {
  it.each(['tap', '<img onerror>', 'שלום', 'é', 'e\u0301', '…', '山田\u3000太郎', 'a  b', '1', ''])(
    '%j is as it came',
    (name) => expect(spelled(name)).toBe(name),
  );

  it.each(['🙂', '❤️', '👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '1️⃣', '👍🏽 ok', '🏳️‍🌈'])('%s keeps its emoji whole', (name) => {
    expect(spelled(name)).toBe(name);
  });

  it.each([
    ['a direction turned', '\u202egnp.exe', '[U+202E]gnp.exe'],
    ['isolates', '\u2066a\u2069', '[U+2066]a[U+2069]'],
    ['marks of direction', 'a\u200e\u200f\u061c', 'a[U+200E][U+200F][U+061C]'],
    ['no width', 'pay\u200b\u200c\u200d\u2060ment', 'pay[U+200B][U+200C][U+200D][U+2060]ment'],
    ['a mark of byte order', '\ufefftap', '[U+FEFF]tap'],
    ['control characters', 'a\tb\nc\u0007\u0085\u007f', 'a[U+0009]b[U+000A]c[U+0007][U+0085][U+007F]'],
    ['separators of lines', 'a\u2028b\u2029', 'a[U+2028]b[U+2029]'],
    ['a soft hyphen', 'ta\u00adp', 'ta[U+00AD]p'],
    ['other spaces', 'a\u00a0b\u2003c', 'a[U+00A0]b[U+2003]c'],
    ['spaces at the ends', ' tap ', '[U+0020]tap[U+0020]'],
    ['a space alone', ' ', '[U+0020]'],
    ['letters without a shape', '\u3164\u115f\uffa0\u2800', '[U+3164][U+115F][U+FFA0][U+2800]'],
    ['selectors of no emoji', 'a\ufe0f\ufe00\u{e0100}', 'a[U+FE0F][U+FE00][U+E0100]'],
    ['tags that spell in secret', 'a\u{e0041}\u{e0042}', 'a[U+E0041][U+E0042]'],
    ['joiners between letters', 'a\u200db', 'a[U+200D]b'],
    ['an accent without a letter', '\u0301a', '[U+0301]a'],
    ['what nobody has assigned', '\ue000\u{1ffff}\ud800', '[U+E000][U+1FFFF][U+D800]'],
  ])('shows %s', (_what, name, expected) => expect(spelled(name)).toBe(expected));

  it('loses nothing of what it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        expect(
          partsOf(name)
            .map(({ text }) => text)
            .join(''),
        ).toBe(name);
      }),
    );
  });
});
