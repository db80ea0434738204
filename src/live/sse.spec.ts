import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ending, heartbeat, message, parsePlace } from './sse.js';

describe('server-sent events', () => {
  it('are a line a field, whatever an event holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const [id, data, ...rest] = message({ id: 7, atMs: 8 }, JSON.stringify({ text })).split(/\r\n|\r|\n/);
        expect(id).toBe('id: 7-8');
        expect(JSON.parse(data.slice('data: '.length))).toEqual({ text });
        expect(rest).toEqual(['', '']);
      }),
    );
    expect(heartbeat({ id: 7, atMs: 8 })).toBe(': heartbeat\nid: 7-8\n\n');
    expect(ending('too_slow')).toBe('event: end\ndata: {"reason":"too_slow"}\n\n');
  });

  it('carry places that are read back, and nothing else is one', () => {
    expect(parsePlace('12-1763722801123')).toEqual({ id: 12, atMs: 1763722801123 });
    for (const text of [
      '',
      '12',
      '-',
      '1-',
      '-1',
      '1.5-2',
      'x-1',
      '1-2-3',
      '9007199254740993-1',
      '1-9000000000000000',
      ' 1-2',
      '1-2\n',
    ])
      expect(parsePlace(text)).toBeNull();
  });
});
