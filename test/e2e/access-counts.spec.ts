import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/time.js';
import { apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let api: Api;
let startedMs: number;

const at = (ms: number) => new Date(startedMs - ms).toISOString();

beforeAll(async () => {
  // what is kept is kept until something else ends that, however slow the machine is
  server = await startServer({ env: { COUNT_INTERVAL_SECONDS: '0.2', STATS_CACHE_SECONDS: '600' } });
  api = apiOf(server);
  startedMs = Date.now();
  const entries = [
    { timestamp: at(0), ip: '192.0.2.1', method: 'GET', path: '/a', status: 200, latency_ms: 10 },
    { timestamp: at(0), ip: '192.0.2.2', method: 'POST', path: '/b', status: 404, latency_ms: 30 },
    {
      timestamp: at(MINUTE_MS),
      ip: '192.0.2.1',
      method: 'GET',
      path: '/a',
      status: 500,
      user_agent: 'curl/8',
    },
    { timestamp: at(MINUTE_MS), ip: '2001:db8::1', path: '/c' },
    { timestamp: at(30 * HOUR_MS), ip: '192.0.2.3', path: '/a', status: 301, latency_ms: 50 },
    { timestamp: at(20 * DAY_MS), ip: '192.0.2.3', path: '/old', status: 503 },
  ];
  expect((await api.post('/logs', entries)).body).toMatchObject({ accepted: entries.length });
});

afterAll(() => server.stop());

const dayInNewYork = (ms: number) =>
  new Date(startedMs - ms).toLocaleDateString('en-US', { timeZone: 'America/New_York' });

async function ask(path: string, query: string) {
  const answer = await api.get(`/api/v1/access/${path}?${query}`, {
    headers: { 'cache-control': 'no-cache' },
  });
  expect({ query, ...answer }).toMatchObject({ query, status: 200, body: { success: true } });
  return answer.body.data;
}

describe('GET /api/v1/access/stats', () => {
  it('counts requests by class of status', async () => {
    const stats = await ask('stats', 'type=requests&range=hour&interval=5m&colour=red');
    const statuses = { '1xx': 0, '2xx': 1, '3xx': 0, '4xx': 1, '5xx': 1, none: 1 };
    expect(stats).toMatchObject({ type: 'requests', interval: '5m', timezone: 'UTC' });
    expect(stats.totals).toEqual({ count: 4, errors: 2, statuses });
    expect(stats.warnings).toEqual(['Parameter colour is unknown and was ignored']);
    const counts = stats.series.map(({ count }: { count: number }) => count);
    expect(counts.reduce((a: number, b: number) => a + b)).toBe(4);
    expect([13, 14]).toContain(counts.length);
    const [from, to] = [stats.from, stats.to].map((time: string) => Date.parse(time));
    expect([from % MINUTE_MS, to % MINUTE_MS]).toEqual([0, 0]);
    expect(to).toBeGreaterThanOrEqual(startedMs);
  });

  it('times them, and counts distinct addresses, in any time zone', async () => {
    const latency = await ask('stats', 'type=latency&range=day&timezone=Asia/Kathmandu');
    expect(latency.totals).toMatchObject({ count: 2, avg: 20, max: 30 });
    const month = await ask('stats', 'type=unique_ips&range=month&timezone=America/New_York');
    expect(month).toMatchObject({ interval: '1d', totals: { unique_ips: 4 } });
    const days = (month.series as { unique_ips: number }[]).map((point) => point.unique_ips);
    // those of a minute ago are of the day before where it is midnight there
    expect(Math.max(...days)).toBe(dayInNewYork(0) === dayInNewYork(MINUTE_MS) ? 3 : 2);
    const minutes = await ask('stats', 'type=unique_ips&range=hour&interval=1m');
    expect(minutes.totals).toEqual({ unique_ips: 3 });
    // all of the reach, asked a moment later
    const week = await ask('stats', `type=requests&interval=1h&from=${at(8 * DAY_MS)}`);
    expect(week.totals.count).toBe(5);
    expect(
      (await ask('stats', `type=latency&interval=5m&from=${at(8 * DAY_MS)}&to=${at(2 * DAY_MS)}`)).totals
        .count,
    ).toBe(0);
  });

  it.each([
    ['type=requests&range=week&interval=1m', /^1m gives more than 2000 points here; 15m fits$/],
    ['type=latency&range=month&interval=5m', /^5m reaches 8 days back; 1h fits$/],
    ['type=unique_ips&range=day&interval=5m', /^5m reaches 2 hours back; 15m fits$/],
  ])('says which interval fits: %s', async (query, message) => {
    const { status, body } = await api.get(`/api/v1/access/stats?${query}`);
    const details = [{ field: 'interval', message: expect.stringMatching(message) }];
    expect({ status, body }).toMatchObject({ status: 400, body: { error: 'validation_error', details } });
  });

  it('refuses a time zone that was none of quarter hours then', async () => {
    const long = 'from=1971-01-01T00:00:00Z&to=1971-02-01T00:00:00Z&timezone=Africa/Monrovia';
    const { status, body } = await api.get(`/api/v1/access/stats?type=requests&${long}`);
    expect({ status, body }).toMatchObject({ status: 400, body: { details: [{ field: 'timezone' }] } });
  });
});

describe('GET /api/v1/access/top', () => {
  it.each([
    [
      'by=path&range=week',
      [
        ['/a', 3],
        ['/b', 1],
        ['/c', 1],
      ],
      0,
    ],
    [
      'by=ip&range=month&limit=2',
      [
        ['192.0.2.1', 2],
        ['192.0.2.3', 2],
      ],
      2,
    ],
    [
      'by=status&range=hour&order=errors',
      [
        ['404', 1],
        ['500', 1],
      ],
      2,
    ],
    [
      'by=method&range=hour&order=max_ms',
      [
        ['POST', 1],
        ['GET', 2],
      ],
      1,
    ],
    ['by=user_agent&range=day&limit=1', [['', 3]], 1],
    [
      'by=path&range=week&order=avg_ms',
      [
        ['/a', 3],
        ['/b', 1],
      ],
      1,
    ],
  ])('%s', async (query, values, other) => {
    const top = await ask('top', query);
    expect(top.values.map(({ value, count }: { value: string; count: number }) => [value, count])).toEqual(
      values,
    );
    expect(top.other).toBe(other);
  });

  it('tells errors and durations of each value, and which whole hours it counted', async () => {
    const top = await ask('top', 'by=path&range=hour&limit=1');
    const [{ value, count, errors, avg_ms, max_ms }] = top.values;
    expect({ value, count, errors, avg_ms, max_ms }).toEqual({
      value: '/a',
      count: 2,
      errors: 1,
      avg_ms: 10,
      max_ms: 10,
    });
    expect([top.from, top.to].map((time: string) => Date.parse(time) % HOUR_MS)).toEqual([0, 0]);
  });

  it.each([
    'by=id',
    'by=path&limit=101',
    'by=path&order=p95',
    'by=path&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
  ])('refuses %s', async (query) => {
    expect((await api.get(`/api/v1/access/top?${query}`)).status).toBe(400);
  });

  it('is kept for a while', async () => {
    const asked = '/api/v1/access/top?by=path&range=month&limit=3';
    await api.get(asked);
    const { headers } = await api.get(asked);
    expect([headers.get('x-cache'), headers.get('age')]).toEqual(['HIT', expect.any(String)]);
  });
});
