import { describe, expect, it } from 'vitest';
import { eventPreview } from './event-preview.js';
import { parseExact } from './exact-json.js';

describe('eventPreview', () => {
  it('is a line', () => {
    expect(eventPreview({ screen: 'home', n: 1, list: [1], none: {}, cart: { a: 1 } })).toBe(
      'screen="home" n=1 list=[…] none={} cart={…}',
    );
    expect(eventPreview({})).toBe('');
  });

  it('keeps big integers', () => {
    expect(eventPreview(parseExact('{"n":12345678901234567890}') as Record<string, unknown>)).toBe(
      'n=12345678901234567890',
    );
  });

  it('is cut, be it in the first value', () => {
    expect(eventPreview({ a: 1, long: 'x'.repeat(500), b: 2 })).toBe('a=1 …');
    expect(eventPreview({ long: 'x'.repeat(500) })).toHaveLength(162);
  });
});
