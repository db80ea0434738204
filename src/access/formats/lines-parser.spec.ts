import { describe, expect, it } from 'vitest';
import { parseLine } from './lines-parser.js';

describe('a line', () => {
  it('has six fields', () => {
    expect(parseLine('2026-11-20T10:00:00Z 1.2.3.4 GET /a?b=c 200 12.5ms')).toEqual({
      value: {
        timestamp: '2026-11-20T10:00:00Z',
        ip: '1.2.3.4',
        method: 'GET',
        path: '/a?b=c',
        status: 200,
        latency_ms: 12.5,
      },
    });
    expect(parseLine('  2026-11-20T10:00:00Z\t2001:db8::1  get / 404 0ms\r')).toMatchObject({
      value: { ip: '2001:db8::1', method: 'get', latency_ms: 0 },
    });
  });

  it.each([
    ['2026-11-20T10:00:00Z 1.2.3.4 GET / 200', ''],
    ['2026-11-20T10:00:00Z 1.2.3.4 GET /a b 200 1ms', ''],
    ['2026-11-20T10:00:00Z 1.2.3.4 TRACE / 200 1ms', 'method'],
    ['2026-11-20T10:00:00Z 1.2.3.4 FETCH / 200 1ms', 'method'],
    ['2026-11-20T10:00:00Z 1.2.3.4 GET / 200 1', 'latency_ms'],
    ['2026-11-20T10:00:00Z 1.2.3.4 GET / 200 -1ms', 'latency_ms'],
    ['2026-11-20T10:00:00Z 1.2.3.4 GET / 200 1s', 'latency_ms'],
    ['2026-11-20T10:00:00Z 1.2.3.4 GET / 200 1e3ms', 'latency_ms'],
  ])('%j is refused by %j', (line, field) => {
    expect(parseLine(line).error?.field).toBe(field);
  });

  it.each(['20x', '2000', '-1', '0x1'])('leaves status %j for validation to refuse', (status) => {
    expect(parseLine(`2026-11-20T10:00:00Z 1.2.3.4 GET / ${status} 1ms`)).toMatchObject({
      value: { status },
    });
  });
});
