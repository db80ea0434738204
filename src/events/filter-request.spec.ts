import 'reflect-metadata';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SightlineError, type ErrorCode } from '../core/errors.js';
import { readQuery, type RawQuery } from '../http/query/query-parameters.js';
import { filterRequest, nextCursorOf, type FilterRequest } from './filter-request.js';
import { FilterQuery, RecentQuery } from './query.dto.js';

function readFilterRequest(raw: RawQuery): FilterRequest {
  return filterRequest(1, readQuery(FilterQuery, raw));
}

const PLACE = { value: '2026-11-20T10:00:00.123456Z', createdAt: '2026-11-20T10:00:00.123456Z', id: 7 };

function numbered(name: string, count: number): RawQuery {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}${n}`, '1']));
}

function refusal(raw: RawQuery): { code: ErrorCode; fields: string[] } {
  try {
    readFilterRequest(raw);
  } catch (error) {
    if (!(error instanceof SightlineError)) throw error;
    return { code: error.code, fields: error.details.map(({ field }) => field) };
  }
  throw new Error(`${JSON.stringify(raw)} was not refused`);
}

describe('a filter request', () => {
  it('has the defaults of the contract', () => {
    expect(readFilterRequest({})).toEqual({
      projectId: 1,
      filter: { properties: [], timeField: 'created_at' },
      request: { sortBy: 'created_at', descending: true, pageSize: 50, offset: 0 },
      pageNumber: 1,
      count: 'auto',
      warnings: [],
    });
  });

  it('takes every parameter', () => {
    const query = readFilterRequest({
      event_type: 'error',
      event_name: 'crash',
      user_id: 'u',
      session_id: 's',
      app_version: '1.0',
      priority: 'high',
      provider_name: 'p',
      'prop.a.b': '5',
      'prop.__proto__': '',
      start_time: '1970-01-01T00:00:01Z',
      end_time: '1970-01-01T02:00:02 02:00',
      time_field: 'timestamp',
      page: '3',
      limit: '20',
      sort_by: 'user_id',
      sort_order: 'ASC',
      count: 'none',
      project: 'p',
    });
    expect(query.filter).toEqual({
      eventType: 'error',
      eventName: 'crash',
      userId: 'u',
      sessionId: 's',
      appVersion: '1.0',
      priority: 'high',
      providerName: 'p',
      properties: [
        { path: ['a', 'b'], value: '5' },
        { path: ['__proto__'], value: '' },
      ],
      timeField: 'timestamp',
      from: 1e6,
      to: 2e6,
    });
    expect(query.request).toEqual({ sortBy: 'user_id', descending: false, pageSize: 20, offset: 40 });
    expect(query).toMatchObject({ pageNumber: 3, count: 'none', warnings: [] });
  });

  it('counts what is empty as not given, and names what it does not know', () => {
    const raw = JSON.parse(
      '{"user_id":"","page":"","utm":"1","constructor":"2","__proto__":"3"}',
    ) as RawQuery;
    const query = readFilterRequest(raw);
    expect(query.filter.userId).toBeUndefined();
    expect(query.warnings).toEqual(
      ['utm', 'constructor', '__proto__'].map((name): unknown => expect.stringContaining(name)),
    );
  });

  it.each<[RawQuery, ErrorCode, string]>([
    [{ event_type: 'x' }, 'invalid_event_type', 'event_type'],
    [{ priority: 'low' }, 'invalid_priority', 'priority'],
    [{ start_time: 'yesterday' }, 'invalid_start_time', 'start_time'],
    [{ end_time: '2026-11-20' }, 'invalid_end_time', 'end_time'],
    [
      { start_time: '2026-11-20T10:00:00Z', end_time: '2026-11-20T10:00:00Z' },
      'invalid_end_time',
      'end_time',
    ],
    [{ cursor: 'x' }, 'invalid_cursor', 'cursor'],
    [{ cursor: '2.x', page: '2' }, 'validation_error', 'page'],
    [{ page: '0' }, 'validation_error', 'page'],
    [{ page: '1e3' }, 'validation_error', 'page'],
    [{ page: '10002' }, 'validation_error', 'page'],
    [{ page: '502', page_size: '1000' }, 'validation_error', 'page'],
    [{ page_size: '1001' }, 'validation_error', 'page_size'],
    [{ limit: '0' }, 'validation_error', 'limit'],
    [{ limit: '5', page_size: '5' }, 'validation_error', 'limit'],
    [{ sort_by: 'properties' }, 'validation_error', 'sort_by'],
    [{ sort_order: 'up' }, 'validation_error', 'sort_order'],
    [{ time_field: 'processed_at' }, 'validation_error', 'time_field'],
    [{ count: 'all' }, 'validation_error', 'count'],
    [{ user_id: 'a\0' }, 'validation_error', 'user_id'],
    [{ user_id: '\ud800' }, 'validation_error', 'user_id'],
    [{ event_name: 'x'.repeat(101) }, 'validation_error', 'event_name'],
    [{ user_id: ['a', 'b'] }, 'validation_error', 'user_id'],
    [{ utm: ['a', 'b'] }, 'validation_error', 'utm'],
    [{ 'prop.a': ['1', '2'] }, 'validation_error', 'prop.a'],
    [{ 'prop.': '1' }, 'validation_error', 'prop.'],
    [{ 'prop.a..b': '1' }, 'validation_error', 'prop.a..b'],
    [{ 'prop.a': '\0' }, 'validation_error', 'prop.a'],
    [{ ['prop' + '.a'.repeat(33)]: '1' }, 'validation_error', 'prop' + '.a'.repeat(33)],
    [{ ['prop.' + 'a'.repeat(1020)]: '1' }, 'validation_error', 'prop.' + 'a'.repeat(59)],
    [{ 'prop.a': 'x'.repeat(8193) }, 'validation_error', 'prop.a'],
    [numbered('prop.a', 21), 'validation_error', 'prop.'],
    [numbered('x', 201), 'validation_error', 'query'],
    [{ x: Array<string>(201).fill('') }, 'validation_error', 'query'],
  ])('refuses %# as %s', (raw, code, field) => {
    expect(refusal(raw)).toEqual({ code, fields: [field] });
  });

  it('takes 20 properties, and pages that skip 500,000 events', () => {
    expect(readFilterRequest(numbered('prop.a', 20)).filter.properties).toHaveLength(20);
    expect(readFilterRequest({ page: '3000' }).request.offset).toBe(149_950);
    expect(readFilterRequest({ page: '501', page_size: '1000' }).request.offset).toBe(500_000);
  });

  it('names all that is wrong at once', () => {
    expect(refusal({ page: '0', user_id: ['a', 'b'] }).fields.sort()).toEqual(['page', 'user_id']);
    expect(refusal({ 'prop.': '', cursor: 'x', page: '2' }).fields.sort()).toEqual(['page', 'prop.']);
  });

  it('knows its page from the cursor that it is given back', () => {
    const first = readFilterRequest({ page: '99999', page_size: '5' });
    const cursor = nextCursorOf(first, PLACE)!;
    const second = readFilterRequest({ page_size: '1000', cursor });
    expect(second).toMatchObject({ pageNumber: 100_000, request: { offset: 0, after: PLACE } });
    expect(nextCursorOf(second, null)).toBeNull();
  });

  it.each<RawQuery>([
    { user_id: 'u' },
    { 'prop.a': '1' },
    { start_time: '2026-11-20T10:00:00Z' },
    { time_field: 'timestamp' },
    { sort_order: 'asc' },
    { sort_by: 'timestamp' },
  ])('refuses the cursor of another query: %j', (other) => {
    const cursor = nextCursorOf(readFilterRequest({}), PLACE)!;
    expect(refusal({ ...other, cursor })).toEqual({ code: 'invalid_cursor', fields: ['cursor'] });
    expect(() => filterRequest(2, readQuery(FilterQuery, { cursor }))).toThrow(
      expect.objectContaining({ code: 'invalid_cursor' }),
    );
  });

  it('is read or refused, whatever comes', () => {
    const name = fc.constantFrom(
      'user_id',
      'page',
      'cursor',
      'start_time',
      'sort_by',
      'prop.a',
      'constructor',
      'toString',
      'x',
    );
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.string(), { minLength: 2, maxLength: 2 }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(name, fc.string()), value), (raw) => {
        try {
          readFilterRequest(raw);
        } catch (error) {
          expect(error).toBeInstanceOf(SightlineError);
        }
      }),
    );
  });
});

describe('a whole number', () => {
  it('says its bounds when it is none', () => {
    for (const limit of ['0', '1001', '-1', '1.5', 'many']) {
      const details = [{ field: 'limit', message: 'must be a whole number from 1 to 1000' }];
      expect(() => readQuery(RecentQuery, { limit })).toThrow(expect.objectContaining({ details }));
    }
    expect(readQuery(RecentQuery, { limit: '1000' }).limit).toBe(1000);
  });
});

describe('a word', () => {
  it('says what it may be', () => {
    const details = [{ field: 'sort_order', message: 'must be one of asc, desc' }];
    expect(() => readQuery(FilterQuery, { sort_order: 'up' })).toThrow(expect.objectContaining({ details }));
  });
});
