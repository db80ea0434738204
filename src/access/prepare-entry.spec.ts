import { describe, expect, it } from 'vitest';
import { HOUR } from '../core/time.js';
import { anyEntry, loneEntry, type EntryCheck } from './access-entry.schema.js';
import { prepareEntry, type PreparedEntry } from './prepare-entry.js';

const RECEIVED_AT = Date.parse('2026-11-20T10:00:00Z') * 1000;

function prepare(raw: unknown, check: EntryCheck = anyEntry): PreparedEntry {
  return prepareEntry(raw, { projectId: 7, receivedAt: RECEIVED_AT, check });
}

const at = (micros: number) => new Date(micros / 1000).toISOString();

describe('a good entry', () => {
  it('is stored with all its fields', () => {
    const raw = {
      timestamp: '2026-11-20T09:00:00.123456Z',
      ip: '::FFFF:1.2.3.4',
      method: 'get',
      path: '/a',
      status: 200,
      latency_ms: 1.5,
      user_agent: 'curl',
      more: 'ignored',
    };
    expect(prepare(raw).entry).toEqual({
      projectId: 7,
      timestamp: RECEIVED_AT - HOUR + 123456,
      reportedTimestamp: null,
      createdAt: RECEIVED_AT,
      ip: '1.2.3.4',
      upsertIp: false,
      method: 'GET',
      path: '/a',
      status: 200,
      latencyMs: 1.5,
      userAgent: 'curl',
    });
  });

  it('may have null, nothing, or an empty text for what is absent', () => {
    const nothing = { method: null, status: null, latencyMs: null, userAgent: null };
    expect(prepare({ ip: '1.2.3.4' }).entry).toMatchObject({
      ...nothing,
      path: null,
      timestamp: RECEIVED_AT,
    });
    expect(
      prepare({ path: '/', ip: null, timestamp: null, method: null, user_agent: null }).entry,
    ).toMatchObject(nothing);
    expect(prepare({ url: '/', path: '', userAgent: '' }).entry).toMatchObject({
      ...nothing,
      path: '/',
      ip: null,
    });
  });

  it.each([
    [
      { status: '404', latency_ms: '12.5' },
      { status: 404, latencyMs: 12.5 },
    ],
    [
      { status: '', latency_ms: '', method: '', timestamp: '', ip: '' },
      { status: null, latencyMs: null, ip: null },
    ],
    [{ request_time: 0.29 }, { latencyMs: 290 }],
    [{ request_time: '0.001' }, { latencyMs: 1 }],
    [{ request_time: '' }, { latencyMs: null }],
    [{ request_time: 0.29, latency_ms: 7 }, { latencyMs: 7 }],
    [{ timestamp: '2026-11-20T10:00:00+0100' }, { timestamp: RECEIVED_AT - HOUR }],
    [{ timestamp: '2026-11-20T09:00:00.5-0030' }, { timestamp: RECEIVED_AT - HOUR / 2 + 500_000 }],
    [{ method: 'propfind' }, { method: 'PROPFIND' }],
    [{ method: 'VERSION-CONTROL' }, { method: 'VERSION-CONTROL' }],
  ])('may be as loggers write it: %j', (raw, entry) => {
    expect(prepare({ path: '/', ...raw }).entry).toMatchObject(entry);
  });

  it('has path before url, and user_agent before userAgent', () => {
    const raw = { path: '/path', url: '/url', user_agent: 'user_agent', userAgent: 'userAgent' };
    expect(prepare(raw).entry).toMatchObject({ path: '/path', userAgent: 'user_agent' });
    expect(prepare({ url: '/url', userAgent: 'userAgent' }).entry).toMatchObject({
      path: '/url',
      userAgent: 'userAgent',
    });
  });

  it('that claims a time far ahead is stored at the time of receipt', () => {
    expect(prepare({ path: '/', timestamp: at(RECEIVED_AT + 25 * HOUR) }).entry).toMatchObject({
      timestamp: RECEIVED_AT,
      reportedTimestamp: RECEIVED_AT + 25 * HOUR,
    });
    for (const timestamp of [RECEIVED_AT + 24 * HOUR, RECEIVED_AT - 365 * 24 * HOUR]) {
      expect(prepare({ path: '/', timestamp: at(timestamp) }).entry).toMatchObject({
        timestamp,
        reportedTimestamp: null,
      });
    }
  });

  it('is measured in characters', () => {
    expect(prepare({ path: '😀'.repeat(2048) }).errors).toBeUndefined();
    expect(prepare({ path: `e${'\u0301'.repeat(2048)}` }).errors).toHaveLength(1);
  });
});

describe('a bad entry', () => {
  it.each([
    [null, ''],
    [[], ''],
    ['x', ''],
    [{}, 'ip'],
    [{ path: '', url: null }, 'ip'],
    [{ ip: '' }, 'ip'],
    [{ ip: '1.2.3' }, 'ip'],
    [{ ip: '1.2.3.4:80' }, 'ip'],
    [{ ip: 7 }, 'ip'],
    [{ path: '/', timestamp: 'yesterday' }, 'timestamp'],
    [{ path: '/', timestamp: 1763600000000 }, 'timestamp'],
    [{ path: '/', method: 'FETCH' }, 'method'],
    [{ path: '/', method: 'GET /' }, 'method'],
    [{ path: '/', status: 99 }, 'status'],
    [{ path: '/', status: 600 }, 'status'],
    [{ path: '/', status: 200.5 }, 'status'],
    [{ path: '/', status: '99' }, 'status'],
    [{ path: '/', status: '600' }, 'status'],
    [{ path: '/', status: '0200' }, 'status'],
    [{ path: '/', status: ' 200' }, 'status'],
    [{ path: '/', status: 'OK' }, 'status'],
    [{ path: '/', timestamp: '2026-11-20T10:00:00+2500' }, 'timestamp'],
    [{ path: '/', timestamp: '2026-11-20T10:00:00+01' }, 'timestamp'],
    [{ path: '/', timestamp: '2026-11-20T10:00:00' }, 'timestamp'],
    [{ path: '/', latency_ms: -1 }, 'latency_ms'],
    [{ path: '/', latency_ms: Infinity }, 'latency_ms'],
    [{ path: '/', latency_ms: 1e300 }, 'latency_ms'],
    [{ path: '/', latency_ms: '-1' }, 'latency_ms'],
    [{ path: '/', latency_ms: '1ms' }, 'latency_ms'],
    [{ path: '/', latency_ms: '1e400' }, 'latency_ms'],
    [{ path: '/', request_time: -0.001 }, 'request_time'],
    [{ path: '/', request_time: '0,001' }, 'request_time'],
    [{ path: '/', request_time: 1e13 }, 'request_time'],
    [{ path: 'x'.repeat(2049) }, 'path'],
    [{ url: 'x'.repeat(2049) }, 'url'],
    [{ path: '/', user_agent: 'x'.repeat(1025) }, 'user_agent'],
    [{ path: '/', userAgent: 'x'.repeat(1025) }, 'userAgent'],
    [{ path: 'a\0b' }, 'path'],
    [{ url: '\ud800' }, 'url'],
    [{ path: '/', user_agent: '\0' }, 'user_agent'],
    [{ path: '/', userAgent: '\udc00' }, 'userAgent'],
  ])('%j is refused by %j', (raw, field) => {
    expect(prepare(raw).errors?.map((error) => error.field)).toEqual([field]);
  });

  it('is told all that is wrong', () => {
    const errors = prepare({ ip: 'x', status: 1, method: 'y' }).errors!;
    expect(errors.map(({ field }) => field).sort()).toEqual(['ip', 'method', 'status']);
  });

  it.each(['time', '@timestamp', 'ts', 'Date', 'time_local', 'timeIso8601', 'Timestamp', 'created_at'])(
    'that has its time as %j is refused where the time of receipt would be wrong',
    (name) => {
      const raw = { path: '/', [name]: '2020-01-01T00:00:00Z', request_time: 1, response_time: 2 };
      const context = { projectId: 7, receivedAt: RECEIVED_AT, check: anyEntry };
      expect(prepareEntry(raw, { ...context, knowsTime: true }).errors).toMatchObject([
        { field: 'timestamp' },
      ]);
      expect(prepareEntry(raw, context).entry).toMatchObject({ timestamp: RECEIVED_AT });
      const both = { ...raw, timestamp: at(RECEIVED_AT - HOUR) };
      expect(prepareEntry(both, { ...context, knowsTime: true }).errors).toBeUndefined();
    },
  );

  it('that comes alone lacks a time or an address', () => {
    const fields = (raw: unknown) =>
      prepare(raw, loneEntry).errors?.map(({ field, message }) => `${field} ${message}`);
    expect(fields({ path: '/' })).toEqual(['timestamp is required', 'ip is required']);
    expect(fields({ ip: null, timestamp: '2026-11-20T10:00:00Z' })).toEqual([
      'ip must be an IPv4 or IPv6 address',
    ]);
    expect(fields({ ip: '1.2.3.4', timestamp: '2026-11-20T10:00:00Z' })).toBeUndefined();
  });
});
