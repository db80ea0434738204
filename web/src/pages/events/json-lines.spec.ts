import { describe, expect, it } from 'vitest';
import { parseExact } from './exact-json.js';
import { jsonLines } from './json-lines.js';

const EVENT = {
  event_name: '</script>',
  properties: { n: 1, list: [true, null], none: {}, 'a"b': 'x' },
};

/** The lines as text, as JSON.stringify(…, 2) would give them. */
function written(value: unknown): string {
  return jsonLines(value, 1000)
    .lines.map(({ depth, key, text, comma }) => {
      const name = key === null ? '' : `${JSON.stringify(key)}: `;
      return `${'  '.repeat(depth)}${name}${text}${comma ? ',' : ''}`;
    })
    .join('\n');
}

describe('jsonLines', () => {
  it('are those of indented JSON', () => {
    expect(written(EVENT)).toBe(JSON.stringify(EVENT, null, 2));
  });

  it('know the place of each value', () => {
    const { lines } = jsonLines(EVENT, 1000);
    expect(lines.find(({ text }) => text === 'true')?.path).toEqual(['properties', 'list', 0]);
    expect(lines.find(({ key }) => key === 'n')).toMatchObject({
      kind: 'number',
      path: ['properties', 'n'],
      value: 1,
    });
  });

  it('write big integers as they came', () => {
    const { lines } = jsonLines(parseExact('{"big":12345678901234567890}'), 10);
    expect(lines[1]).toMatchObject({ kind: 'number', text: '12345678901234567890' });
  });

  it('show what is unseen', () => {
    const [line] = jsonLines('a\u202etxt.\u200bexe', 1).lines;
    expect(line?.text).toBe('"a\\u202etxt.\\u200bexe"');
    expect(JSON.parse(line?.text ?? '')).toBe('a\u202etxt.\u200bexe');
  });

  it('stop at the limit', () => {
    const many = Array.from({ length: 5000 }, (_, i) => i);
    expect(jsonLines(many, 100)).toMatchObject({ cut: true, lines: { length: 100 } });
    expect(jsonLines([1], 3)).toMatchObject({ cut: false, lines: { length: 3 } });
  });

  it('go as deep as the server stores', () => {
    const deep = Array.from({ length: 32 }).reduce<unknown>((inner) => ({ a: inner }), 1);
    expect(jsonLines(deep, 1000).lines).toHaveLength(65);
  });
});
