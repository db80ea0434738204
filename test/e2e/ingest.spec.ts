import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let api: Api;
let database: pg.Client;

beforeAll(async () => {
  server = await startServer();
  api = apiOf(server);
  database = new pg.Client(server.databaseUrl);
  await database.connect();
});

afterAll(async () => {
  await database?.end();
  await server?.stop();
});

async function stored(eventId: unknown): Promise<Record<string, unknown>[]> {
  const { rows } = await database.query<Record<string, unknown>>(
    'select *, properties::text as properties_text from events where event_id = $1',
    [eventId],
  );
  return rows;
}

describe('POST /api/v1/ingest', () => {
  it('stores an event with all its fields', async () => {
    const event = anEvent({
      event_type: 'performance',
      event_name: 'page_load',
      timestamp: '2026-11-20T10:00:00.123456+01:00',
      properties: { duration_ms: 12.5, tags: { provider: 'acme' } },
      device_info: { os: 'iOS' },
      user_id: 'u-1',
      session_id: 's-1',
      app_version: '1.2.3',
      sequence_number: -7,
      priority: 'high',
    });
    const { status, body } = await api.post('/api/v1/ingest', event);
    expect(status).toBe(201);
    expect(body).toEqual({
      success: true,
      message: 'Log ingested successfully',
      data: { event_id: event.event_id, id: expect.any(Number), duplicate: false, state: 'stored' },
    });
    const { body: found } = await api.get(`/api/v1/events/${String(event.event_id)}`);
    expect(found.data).toMatchObject({
      ...event,
      id: body.data.id,
      timestamp: '2026-11-20T09:00:00.123456Z',
      reported_timestamp: null,
    });
  });

  it('stores an event_id once, whatever else is different, and says so with the same id', async () => {
    const event = anEvent({ timestamp: '2026-11-20T10:00:00Z' });
    const first = await api.post('/api/v1/ingest', event);
    const again = await api.post('/api/v1/ingest', {
      ...event,
      event_name: 'other',
      timestamp: '2026-11-01T00:00:00Z',
    });
    expect(again.status).toBe(201);
    expect(again.body.data).toEqual({ ...first.body.data, duplicate: true });
    expect(await stored(event.event_id)).toHaveLength(1);
  });

  it('takes null for what is absent', async () => {
    const event = anEvent({
      timestamp: null,
      properties: null,
      device_info: null,
      user_id: null,
      session_id: null,
      app_version: null,
      sequence_number: null,
      priority: null,
    });
    expect((await api.post('/api/v1/ingest', event)).status).toBe(201);
    expect(await stored(event.event_id)).toMatchObject([
      { properties: {}, user_id: null, priority: 'normal' },
    ]);
  });

  it.each([
    [{ event_id: undefined }, 'validation_error', 'event_id'],
    [{ event_id: '' }, 'validation_error', 'event_id'],
    [{ event_id: 'x'.repeat(256) }, 'validation_error', 'event_id'],
    [{ event_id: 7 }, 'validation_error', 'event_id'],
    [{ event_type: undefined }, 'validation_error', 'event_type'],
    [{ event_type: 'Behavioral' }, 'invalid_event_type', 'event_type'],
    [{ event_name: 'x'.repeat(101) }, 'validation_error', 'event_name'],
    [{ timestamp: 'yesterday' }, 'validation_error', 'timestamp'],
    [{ timestamp: 1763600000000 }, 'validation_error', 'timestamp'],
    [{ properties: [] }, 'validation_error', 'properties'],
    [{ device_info: 'x' }, 'validation_error', 'device_info'],
    [{ user_id: 'x'.repeat(256) }, 'validation_error', 'user_id'],
    [{ app_version: 'x'.repeat(51) }, 'validation_error', 'app_version'],
    [{ sequence_number: 2147483648 }, 'validation_error', 'sequence_number'],
    [{ sequence_number: 1.5 }, 'validation_error', 'sequence_number'],
    [{ priority: 'urgent' }, 'invalid_priority', 'priority'],
    [{ event_name: 'a\0b' }, 'validation_error', 'event_name'],
    [{ properties: { a: ['\0'] } }, 'validation_error', 'properties.a[0]'],
    [{ properties: { blob: 'x'.repeat(257 * 1024) } }, 'validation_error', ''],
  ])('refuses %j as %s', async (wrong, code, field) => {
    const event = anEvent(wrong);
    const { status, body } = await api.post('/api/v1/ingest', event);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: code, retryable: false, request_id: expect.any(String) });
    expect(body.details).toEqual([{ field, message: expect.any(String) }]);
    expect(await stored(event.event_id ?? '')).toHaveLength(0);
  });

  it('measures lengths in characters, as PostgreSQL does', async () => {
    const event = anEvent({ event_name: '😀'.repeat(100) });
    expect((await api.post('/api/v1/ingest', event)).status).toBe(201);
    expect((await api.post('/api/v1/ingest', anEvent({ event_name: '😀'.repeat(101) }))).status).toBe(400);
  });

  describe('odd inputs', () => {
    const withProperties = (id: string, properties: string) =>
      `{"event_id":"${id}","event_type":"error","event_name":"odd","properties":${properties}}`;

    it.each([
      ['lone surrogate', '{"a":"\\ud800"}', 'properties.a'],
      ['NUL in a key', '{"a\\u0000":1}', 'properties'],
      ['a number beyond double', '{"a":1e400}', 'properties.a'],
      ['an integer beyond double', `{"a":${'9'.repeat(310)}}`, 'properties.a'],
      ['33 levels', `{"a":${'['.repeat(31)}1${']'.repeat(31)}}`, undefined],
    ])('refuses %s by name', async (name, properties, field) => {
      const { status, body } = await api.post('/api/v1/ingest', withProperties(`odd ${name}`, properties));
      expect(status).toBe(400);
      expect(body.error).toBe('validation_error');
      if (field) expect(body.details[0].field).toBe(field);
      else expect(body.details[0].message).toMatch(/32 levels/);
    });

    it.each([
      ['__proto__', '{"__proto__": {"admin": true}, "constructor": 1}'],
      ['big integers', '{"big": 123456789012345678901234567890, "neg": -9007199254740993}'],
      ['an escaped NUL that is none', '{"a": "\\\\u0000"}'],
      ['emoji as a pair', '{"a": "😀"}'],
    ])('keeps %s as data', async (name, properties) => {
      const id = `kept ${name}`;
      const sent = properties.replace('😀', '\\ud83d\\ude00');
      expect((await api.post('/api/v1/ingest', withProperties(id, sent))).status).toBe(201);
      const answer = await fetch(`${server.url}/api/v1/events/${encodeURIComponent(id)}`, {
        headers: { 'x-api-key': server.key },
      });
      expect(await answer.text()).toContain(
        `"properties":${properties.replaceAll(': ', ':').replaceAll(', ', ',')}`,
      );
    });

    it('takes the last of a key given twice', async () => {
      const body = '{"event_id":"twice 1","event_id":"twice 2","event_type":"error","event_name":"odd"}';
      expect((await api.post('/api/v1/ingest', body)).body.data.event_id).toBe('twice 2');
    });

    it('takes a byte order mark', async () => {
      const body = Buffer.from(`\ufeff${JSON.stringify(anEvent())}`);
      expect((await api.post('/api/v1/ingest', body)).status).toBe(201);
    });
  });

  describe('wrong clocks', () => {
    it('stores what lies more than 24 h ahead at the time of receipt, and keeps what was reported', async () => {
      const event = anEvent({ timestamp: '2031-01-01T00:00:00Z' });
      await api.post('/api/v1/ingest', event);
      const [row] = await stored(event.event_id);
      expect(row.timestamp).toEqual(row.created_at);
      expect((row.reported_timestamp as Date).toISOString()).toBe('2031-01-01T00:00:00.000Z');
    });

    it('keeps the time of one from weeks ago, or a little ahead', async () => {
      const ahead = new Date(Date.now() + 23 * 3600_000).toISOString();
      for (const timestamp of ['2020-01-01T00:00:00.000Z', ahead]) {
        const event = anEvent({ timestamp });
        await api.post('/api/v1/ingest', event);
        const [row] = await stored(event.event_id);
        expect((row.timestamp as Date).toISOString()).toBe(timestamp);
        expect(row.reported_timestamp).toBeNull();
      }
    });
  });
});

describe('POST /api/v1/batch-ingest', () => {
  it('stores the good ones and lists the bad ones', async () => {
    const good = anEvent();
    const logs = [
      good,
      { ...good },
      anEvent({ event_type: 'x' }),
      null,
      anEvent({ properties: { a: '\0' } }),
      anEvent(),
    ];
    const { status, body } = await api.post('/api/v1/batch-ingest', { logs });
    expect(status).toBe(201);
    expect(body.message).toBe('Batch of 3 logs ingested successfully');
    expect(body.data).toEqual({
      total_received: 6,
      logs_processed: 3,
      duplicates: 1,
      rejected: [
        {
          index: 2,
          event_id: logs[2]!.event_id,
          errors: [{ field: 'event_type', message: expect.any(String) }],
        },
        { index: 3, event_id: null, errors: [{ field: '', message: 'must be an object' }] },
        {
          index: 4,
          event_id: logs[4]!.event_id,
          errors: [{ field: 'properties.a', message: expect.any(String) }],
        },
      ],
    });
    expect(await stored(good.event_id)).toHaveLength(1);
  });

  it('refuses a batch in which nothing is good', async () => {
    const { status, body } = await api.post('/api/v1/batch-ingest', {
      logs: [anEvent({ event_type: 1 }), 5],
    });
    expect(status).toBe(400);
    expect(body.error).toBe('validation_error');
    expect(body.details.map((d: { field: string }) => d.field)).toEqual(['logs[0].event_type', 'logs[1]']);
  });

  it('stores nothing of a batch with a bad event when asked to be strict', async () => {
    const good = anEvent();
    const strict = { headers: { prefer: 'respond-async, handling=strict' } };
    const refused = await api.post(
      '/api/v1/batch-ingest',
      { logs: [good, anEvent({ priority: 'x' })] },
      strict,
    );
    expect(refused.status).toBe(400);
    expect(refused.body.details[0].field).toBe('logs[1].priority');
    expect(await stored(good.event_id)).toHaveLength(0);
    expect((await api.post('/api/v1/batch-ingest', { logs: [good] }, strict)).status).toBe(201);
  });

  it.each([
    ['{"logs":[]}', 'empty_batch'],
    ['{}', 'validation_error'],
    ['null', 'validation_error'],
    ['[]', 'validation_error'],
    ['{"logs":{}}', 'validation_error'],
    [JSON.stringify({ logs: Array.from({ length: 1001 }, () => 1) }), 'batch_too_large'],
    ['{"logs":[', 'invalid_json'],
    ['', 'invalid_json'],
  ])('answers %.20s with %s', async (body, code) => {
    const answer = await api.post('/api/v1/batch-ingest', body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toBe(code);
  });

  it('takes the largest batch there may be', async () => {
    const logs = Array.from({ length: 1000 }, () => anEvent());
    const { body } = await api.post('/api/v1/batch-ingest', { logs });
    expect(body.data).toEqual({ total_received: 1000, logs_processed: 1000, duplicates: 0, rejected: [] });
  });

  it('tells eight clients that send the same events at once which of them stored each', async () => {
    const logs = Array.from({ length: 1000 }, () => anEvent({ session_id: 'eight clients' }));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        api.post('/api/v1/batch-ingest', { logs: [...logs.slice(i * 100), ...logs.slice(0, i * 100)] }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(answers.map(({ body }) => body.data.logs_processed)).toEqual(Array(8).fill(1000));
    const duplicates = answers.reduce((sum, { body }) => sum + body.data.duplicates, 0);
    expect(duplicates).toBe(7000);
    const { rows } = await database.query(
      `select count(*)::int as n from events where session_id = 'eight clients'`,
    );
    expect(rows).toEqual([{ n: 1000 }]);
  });
});
