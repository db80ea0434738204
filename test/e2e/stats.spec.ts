import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventSeries, Status } from '../../src/stats/stats.dto.js';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let server: TestServer;
let api: Api;

beforeAll(async () => {
  // what is kept is kept until something else ends that, however slow the machine is
  server = await startServer({ env: { COUNT_INTERVAL_SECONDS: '0.2', STATS_CACHE_SECONDS: '600' } });
  api = apiOf(server);
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const logs = [
    anEvent({ timestamp: ago(1), user_id: 'a', session_id: 's', properties: { duration_ms: 10 } }),
    anEvent({ timestamp: ago(2), user_id: 'b', event_type: 'error', properties: { duration_ms: 30 } }),
    anEvent({ timestamp: ago(45), user_id: 'a', session_id: 't' }),
    anEvent({ timestamp: ago(26 * 60), user_id: 'c' }),
    anEvent({ timestamp: ago(40 * 24 * 60) }),
  ];
  expect((await api.post('/api/v1/batch-ingest', { logs })).status).toBe(201);
});

afterAll(() => server.stop());

const METRICS = {
  total_logs: 5,
  logs_last_hour: 3,
  logs_last_day: 3,
  average_latency_ms: 20,
  error_rate_percent: 100 / 3,
  active_sessions: 1,
  active_users: 2,
  top_event_types: [
    { event_type: 'behavioral', count: 4 },
    { event_type: 'error', count: 1 },
  ],
};

async function stats(query: string): Promise<EventSeries> {
  const { status, body } = await api.get(`/api/v1/stats?${query}`);
  expect({ status, body: body as unknown }).toMatchObject({ status: 200, body: { success: true } });
  return (body as { data: EventSeries }).data;
}

describe('GET /api/v1/metrics', () => {
  it('is the same before and after it is counted, and says how old it is', async () => {
    const first = await api.get('/api/v1/metrics', { headers: { 'cache-control': 'no-cache' } });
    expect(first.body).toEqual({ success: true, message: expect.any(String), data: METRICS });
    expect([first.headers.get('x-cache'), first.headers.get('age')]).toEqual(['MISS', '0']);
    expect((await api.get('/api/v1/metrics')).headers.get('x-cache')).toBe('HIT');
    for (let i = 0; i < 20; i++) {
      const { body } = await api.get('/api/v1/metrics', { headers: { 'cache-control': 'no-cache' } });
      expect(body).toMatchObject({ data: METRICS });
    }
  });

  it('is fresh once the project has stored something', async () => {
    const event = anEvent({ timestamp: new Date(Date.now() - 50 * 86_400_000).toISOString() });
    await api.post('/api/v1/ingest', event);
    await until(async () => {
      const { body } = await api.get('/api/v1/metrics');
      return (body as { data: { total_logs: number } }).data.total_logs === 6;
    });
  });
});

describe('GET /api/v1/stats', () => {
  it('gives series and totals', async () => {
    const logs = await stats('type=logs&range=hour&interval=5m&colour=red');
    expect(logs).toMatchObject({ type: 'logs', interval: '5m', timezone: 'UTC', totals: { count: 3 } });
    expect(logs.warnings).toEqual(['Parameter colour is unknown and was ignored']);
    expect([12, 13]).toContain(logs.series.length);
    expect((await stats('type=errors&range=week')).totals).toEqual({ count: 1, total: 4, rate: 25 });
    expect((await stats('type=latency')).totals).toMatchObject({ count: 2, avg: 20, max: 30 });
    expect((await stats('type=users&range=month&timezone=Asia/Kolkata')).totals).toEqual({ count: 3 });
    expect((await stats('type=sessions&range=hour')).totals).toEqual({ count: 2 });
    const groups = (await stats('type=logs&range=week&interval=1d&group_by=event_type')).series;
    expect(groups.map(({ group }) => group)).toEqual(expect.arrayContaining(['behavioral', 'error']));
  });

  it('says which interval fits', async () => {
    const { status, body } = await api.get('/api/v1/stats?type=logs&range=week&interval=1m');
    expect({ status, body: body as unknown }).toMatchObject({
      status: 400,
      body: { error: 'validation_error', details: [{ field: 'interval' }] },
    });
  });

  it('refuses a parameter that is given more than once', async () => {
    const { status, body } = await api.get('/api/v1/stats?type=logs&range=day&range=week');
    const details = [{ field: 'range', message: 'is given more than once' }];
    expect({ status, body: body as unknown }).toMatchObject({ status: 400, body: { details } });
  });
});

describe('GET /api/v1/stats/top', () => {
  it('gives the most frequent values, and how many there are besides', async () => {
    const { status, body } = await api.get('/api/v1/stats/top?by=event_type&range=week&limit=1&colour=red');
    expect(status).toBe(200);
    expect(body.data).toEqual({
      by: 'event_type',
      from: expect.any(String),
      to: expect.any(String),
      values: [{ value: 'behavioral', count: 3, errors: 0, avg_ms: 10, max_ms: 10 }],
      other: 1,
      total: 4,
      warnings: ['Parameter colour is unknown and was ignored'],
    });
    const providers = await api.get('/api/v1/stats/top?by=provider_name&range=hour');
    expect(providers.body.data).toMatchObject({ values: [{ value: '', count: 3, errors: 1 }], other: 0 });
  });

  it.each(['by=user_id', 'by=event_name&limit=0', 'range=day'])('refuses %s', async (query) => {
    expect((await api.get(`/api/v1/stats/top?${query}`)).status).toBe(400);
  });
});

describe('GET /api/v1/status', () => {
  it('tells of the server and its numbers', async () => {
    const { body } = await api.get('/api/v1/status');
    const { service, database, metrics } = (body as { data: Status }).data;
    expect(service).toMatchObject({ name: 'sightline', version: expect.any(String) });
    expect(Date.parse(service.started_at)).toBeLessThanOrEqual(Date.now());
    expect(database).toEqual({ status: 'up', total_logs: metrics?.total_logs });
  });
});
