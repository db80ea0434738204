import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import type { SightlineError } from '../../core/errors.js';
import { parseRfc3339 } from '../../core/records/rfc3339.js';
import { MINUTE } from '../../core/time.js';
import { readQuery } from '../../http/query/query-parameters.js';
import { nextLogsCursor } from './logs-cursor.js';
import { LogsQuery } from './logs.dto.js';
import { logsRequest } from './logs.service.js';

const NOW = parseRfc3339('2026-11-20T10:18:42.123Z')!;

const AFTER = { timestamp: '2026-11-20T10:00:00.123456Z', id: 7 };

const read = (text: string) => readQuery(LogsQuery, Object.fromEntries(new URLSearchParams(text)));
const requestOf = (text: string, now = NOW) => logsRequest(1, read(text), now);

describe('a request to GET /logs', () => {
  it('narrows by nothing unless it is told to', () => {
    const { filter, ...rest } = requestOf('');
    expect(Object.values(filter)).toEqual(Array(6).fill(undefined));
    expect(rest).toEqual({ page: { limit: 50, offset: 0 }, count: 'auto', warnings: [] });
    expect(requestOf('ip=&status=&method=&path=&from=&to=&range=&limit=&cursor=').filter).toEqual(filter);
  });

  it('takes an address in any spelling and a method in any case', () => {
    expect(requestOf('ip=::ffff:1.2.3.4&method=pOst&status=404&path=%25_').filter).toMatchObject({
      ip: '1.2.3.4',
      method: 'POST',
      status: 404,
      path: '%_',
    });
    expect(requestOf('ip=2001:DB8:0:0:0:0:0:1').filter.ip).toBe('2001:db8::1');
  });

  it('is of the same window page after page, however long one reads', () => {
    const first = requestOf('range=day');
    const cursor = nextLogsCursor(1, read('range=day'), { ...AFTER, ...first.window });
    const second = requestOf(`range=day&cursor=${cursor}`, NOW + 90 * MINUTE);
    expect(second).toMatchObject({
      filter: first.filter,
      page: { after: expect.objectContaining(AFTER) as unknown },
    });
    expect(second.window).toEqual(first.window);
  });

  it('goes on by cursor, with the same filters and nothing else', () => {
    const cursor = nextLogsCursor(1, read('status=404'), AFTER);
    expect(requestOf(`status=404&cursor=${cursor}`).page.after).toEqual(AFTER);
    const invalid = expect.objectContaining({ code: 'invalid_cursor' }) as unknown as Error;
    for (const other of ['', 'status=500', 'status=404&path=a', 'status=404&range=day']) {
      expect(() => requestOf(`${other}&cursor=${cursor}`)).toThrow(invalid);
    }
    expect(() => logsRequest(2, read(`status=404&cursor=${cursor}`), NOW)).toThrow(invalid);
  });

  it('names what it does not know', () => {
    expect(requestOf('colour=red&limit=5').warnings).toEqual(['Parameter colour is unknown and was ignored']);
  });

  it.each([
    ['from=yesterday', 'invalid_start_time', 'from'],
    ['to=2026-11-31T00:00:00Z', 'invalid_end_time', 'to'],
    ['from=2026-11-20T00:00:00Z&to=2026-11-20T00:00:00Z', 'invalid_end_time', 'to'],
    ['range=hour&to=2026-11-20T00:00:00Z', 'validation_error', 'range'],
    ['range=month', 'validation_error', 'range'],
    ['range=hour&cursor=abc', 'invalid_cursor', 'cursor'],
    ['cursor=abc&offset=5', 'validation_error', 'offset'],
    ['ip=1.2.3.256', 'validation_error', 'ip'],
    ['status=99', 'validation_error', 'status'],
    ['status=4xx', 'validation_error', 'status'],
    ['method=FETCH', 'validation_error', 'method'],
    ['path=%00', 'validation_error', 'path'],
    ['limit=0', 'validation_error', 'limit'],
    ['limit=1001', 'validation_error', 'limit'],
    ['offset=500001', 'validation_error', 'offset'],
    ['path=abc&offset=10001', 'validation_error', 'offset'],
    ['offset=-1', 'validation_error', 'offset'],
    ['count=maybe', 'validation_error', 'count'],
  ])('%s is refused', (text, code, field) => {
    let refusal: SightlineError | undefined;
    try {
      requestOf(text);
    } catch (error) {
      refusal = error as SightlineError;
    }
    expect(refusal).toMatchObject({ code, details: [{ field, message: expect.any(String) as unknown }] });
  });
});
