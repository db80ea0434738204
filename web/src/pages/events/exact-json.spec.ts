import { describe, expect, it } from 'vitest';
import { ExactNumber, parseExact } from './exact-json.js';

describe('parseExact', () => {
  it('keeps an integer that a double would round', () => {
    const parsed = parseExact('{"a":12345678901234567890,"b":[-9007199254740993]}') as {
      a: ExactNumber;
      b: ExactNumber[];
    };
    expect(parsed.a).toEqual(new ExactNumber('12345678901234567890'));
    expect(parsed.b[0]?.source).toBe('-9007199254740993');
    expect(JSON.stringify(parsed)).toBe('{"a":12345678901234567890,"b":[-9007199254740993]}');
  });

  it('leaves every other value as JSON.parse gives it', () => {
    const text = '{"id":"1234567890123456789","n":9007199254740991,"f":0.1234567890123456789,"z":null}';
    expect(parseExact(text)).toEqual(JSON.parse(text));
  });

  it('is refused what is no JSON', () => {
    expect(() => parseExact('{"a":1234567890123456789')).toThrow(SyntaxError);
  });
});
