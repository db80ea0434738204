import { describe, expect, it } from 'vitest';
import { outcomesIn } from '../../../test/support/raw-records.js';
import { NdjsonParser } from './ndjson-parser.js';

describe('NDJSON', () => {
  it('is a record a line; what is bad is refused alone', async () => {
    const text = [
      '{"ip":"1.2.3.4"}',
      '{"ip":',
      '',
      '7',
      '{"path":"a\\u0000b"}',
      '{"more":{"path":"\\ud800"}}',
      '{"latency_ms":1e400}',
      `{"deep":${'['.repeat(40)}${']'.repeat(40)}}`,
      '{"path":"/\\ud83d\\ude00"}',
    ].join('\n');
    expect(await outcomesIn(new NdjsonParser(), text)).toEqual([
      { ip: '1.2.3.4' },
      'is not JSON',
      7,
      'path contains a NUL character',
      'more.path contains a lone surrogate',
      'latency_ms is a number too large for a double',
      expect.stringContaining('is nested deeper than 32 levels'),
      { path: '/😀' },
    ]);
  });

  it('takes the last of a key given twice, and __proto__ for a field like any other', async () => {
    const text = '{"ip":"1.1.1.1","ip":"2.2.2.2"}\n{"__proto__":{"ip":"3.3.3.3"}}';
    const [twice, proto] = await outcomesIn(new NdjsonParser(), text);
    expect(twice).toEqual({ ip: '2.2.2.2' });
    expect((proto as { ip?: string }).ip).toBeUndefined();
  });
});
