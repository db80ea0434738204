import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/core/time.js';
import { apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

interface Entry {
  timestamp: string;
  ip?: string;
  method?: string;
  path?: string;
  status?: number;
  latency_ms?: number;
  user_agent?: string;
}

const fresh = { headers: { 'cache-control': 'no-cache' } };

let server: TestServer;
let api: Api;
let archiveDir: string;
let startedMs: number;
let entries: Entry[];

/** Of minutes ago. */
const at = (minutes: number) => new Date(startedMs - minutes * MINUTE_MS).toISOString();

beforeAll(async () => {
  archiveDir = mkdtempSync(path.join(tmpdir(), 'sightline-access-'));
  server = await startServer({
    env: { COUNT_INTERVAL_SECONDS: '0.2', ARCHIVE_DIR: archiveDir, AGGREGATION_INTERVAL_SECONDS: '0.1' },
  });
  api = apiOf(server);
  startedMs = Date.now();
  entries = [
    { timestamp: at(0), ip: '192.0.2.1', method: 'GET', path: '/a', status: 200, latency_ms: 10 },
    { timestamp: at(1), ip: '192.0.2.2', method: 'POST', path: '/a/B%', status: 404, latency_ms: 30 },
    { timestamp: at(50), ip: '2001:db8::1', method: 'GET', path: '/a_c', status: 500, user_agent: 'curl/8' },
    { timestamp: at(90), ip: '192.0.2.1', path: '/abc', status: 503, latency_ms: 50 },
    { timestamp: at(26 * 60), ip: '192.0.2.3', method: 'GET', path: '/d', status: 404, latency_ms: 70 },
    { timestamp: at(9 * 1440), ip: '192.0.2.4', method: 'GET', path: '/old', status: 404 },
  ];
  expect((await api.post('/logs', entries)).body).toMatchObject({ accepted: entries.length });
});

afterAll(async () => {
  await server.stop();
  rmSync(archiveDir, { recursive: true, force: true });
});

async function logs(query: string) {
  const { status, body } = await api.get(`/logs?${query}`);
  expect({ status, body }).toMatchObject({ status: 200, body: { data: expect.any(Array) } });
  return body as {
    data: Record<string, unknown>[];
    meta: Record<string, unknown> & { next_cursor: string | null };
  };
}

async function pathsOf(query: string): Promise<unknown[]> {
  return (await logs(query)).data.map(({ Path }) => Path);
}

describe('GET /logs', () => {
  it('gives the newest first, in the names of the contract', async () => {
    const { data, meta } = await logs('');
    expect(data.map(({ Path }) => Path)).toEqual(entries.map((entry) => entry.path));
    expect(data[2]).toEqual({
      ...{ id: expect.any(Number), Timestamp: at(50), IP: '2001:db8::1', Method: 'GET', Path: '/a_c' },
      ...{ Status: 500, LatencyMs: null, UserAgent: 'curl/8' },
    });
    expect(meta).toEqual({ total: entries.length, limit: 50, offset: 0, next_cursor: null });
  });

  it.each([
    ['ip=::ffff:192.0.2.1', ['/a', '/abc']],
    ['ip=2001:0DB8:0:0::1', ['/a_c']],
    ['status=404&method=gEt', ['/d', '/old']],
    ['path=a_', ['/a_c']],
    ['path=B%25', ['/a/B%']],
    ['path=b%25', []],
    ['range=hour', ['/a', '/a/B%', '/a_c']],
    ['range=day', ['/a', '/a/B%', '/a_c', '/abc']],
    ['range=week&status=404', ['/a/B%', '/d']],
    ['offset=4&limit=1', ['/d']],
    ['ip=&status=&method=&path=&from=&to=&range=&offset=&cursor=&limit=2', ['/a', '/a/B%']],
  ])('%s', async (query, paths) => {
    expect(await pathsOf(query)).toEqual(paths);
  });

  it('narrows by time', async () => {
    expect(await pathsOf(`from=${at(90)}&to=${at(50)}`)).toEqual(['/abc']);
    expect(await pathsOf(`to=${at(1440)}`)).toEqual(['/d', '/old']);
  });

  it('counts as it is told, and names what it does not know', async () => {
    expect((await logs('limit=2&count=exact')).meta.total).toBe(entries.length);
    expect((await logs('limit=2&status=404')).meta.total).toBe(3);
    expect((await logs('limit=2&count=none')).meta).toMatchObject({ total: null });
    expect((await logs('colour=red')).meta.warnings).toEqual(['Parameter colour is unknown and was ignored']);
  });

  it.each(['', 'range=week'])('is walked by cursor, every entry once: %s', async (query) => {
    const walked: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { data, meta } = await logs(`${query}&limit=2&cursor=${cursor}`);
      walked.push(...data.map(({ Path }) => Path));
      cursor = meta.next_cursor;
    }
    expect(walked).toEqual(entries.slice(0, query === '' ? 6 : 5).map((entry) => entry.path));
  });

  it.each([
    ['from=yesterday', 'invalid_start_time', 'from'],
    ['to=2026-11-31T00:00:00Z', 'invalid_end_time', 'to'],
    ['from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z', 'invalid_end_time', 'to'],
    ['cursor=abc', 'invalid_cursor', 'cursor'],
    ['range=day&cursor=abc', 'invalid_cursor', 'cursor'],
    ['limit=1001', 'validation_error', 'limit'],
    ['offset=500001', 'validation_error', 'offset'],
    ['status=600', 'validation_error', 'status'],
    ['ip=300.1.1.1', 'validation_error', 'ip'],
    ['method=BREW', 'validation_error', 'method'],
    ['path=a&path=b', 'validation_error', 'path'],
    ['range=year', 'validation_error', 'range'],
  ])('%s is refused', async (query, error, field) => {
    const { status, body } = await api.get(`/logs?${query}`);
    expect({ status, body }).toMatchObject({ status: 400, body: { error, details: [{ field }] } });
  });

  it('ends a page that would be long, says so, and gives every entry once by cursor', async () => {
    const count = 900;
    await api.post('/api/v1/keys', { name: 'long', project: 'long', scopes: ['ingest'] });
    // 7 kB each
    const long = { ip: '192.0.2.1', user_agent: '語'.repeat(1_024) };
    const sent = Array.from({ length: count }, (_, n) => ({
      ...long,
      timestamp: at(n / 60),
      path: `/${n}/${'é'.repeat(2_000)}`,
    }));
    expect((await api.post('/logs?project=long', sent)).body).toMatchObject({ accepted: count });
    const seen: unknown[] = [];
    for (const query of ['project=long&limit=1000', 'project=long&limit=1000&path=%2F']) {
      seen.length = 0;
      const first = await logs(query);
      expect(first.data.length).toBeGreaterThan(200);
      expect(first.data.length).toBeLessThan(350);
      expect(first.meta).toMatchObject({
        total: count,
        warnings: [expect.stringMatching(/^The page ends after \d+ of 1000 entries, .*next_cursor/)],
      });
      for (let page = first; ; page = await logs(`${query}&cursor=${page.meta.next_cursor}`)) {
        seen.push(...page.data.map(({ Path }) => (Path as string).split('/')[1]));
        if (page.meta.next_cursor === null) break;
      }
      expect(seen).toEqual(Array.from({ length: count }, (_, n) => String(n)));
    }
  });

  it('shows a project its own', async () => {
    const made = await api.post('/api/v1/keys', { name: 'q', project: 'shop', scopes: ['query'] });
    const { key } = (made.body as { data: { key: string } }).data;
    expect((await api.get('/logs', { key })).body).toMatchObject({ data: [], meta: { total: 0 } });
    expect((await api.get('/logs?project=shop')).body).toMatchObject({ data: [] });
    expect((await api.get('/logs?project=default', { key })).status).toBe(403);
    expect((await api.get('/logs', { key: null })).body).toMatchObject({ error: 'unauthorized' });
  });
});

async function stats(type: string, range: string) {
  const { status, headers, body } = await api.get(`/stats?type=${type}&range=${range}`, fresh);
  expect({ status, body, cache: headers.get('x-cache') }).toMatchObject({ status: 200, cache: 'MISS' });
  return body as { type: string; from: string; to: string; data: Record<string, never> };
}

describe('GET /stats', () => {
  it('without a type tells of the addresses', async () => {
    const { body } = await api.get('/stats');
    expect(body).toMatchObject({
      unique_ip_addresses: 5,
      estimated_memory_usage_bytes: expect.any(Number),
      uptime_seconds: expect.any(Number),
    });
  });

  it.each([
    ['errors', 'hour', { 404: 1, 500: 1 }],
    ['errors', 'week', { 404: 2, 500: 1, 503: 1 }],
    ['traffic', 'hour', { total_request: 3, unique_ips: 3 }],
    ['traffic', 'day', { total_request: 4, unique_ips: 3 }],
    ['traffic', 'week', { total_request: 5, unique_ips: 4 }],
  ])('%s of the %s', async (type, range, data) => {
    expect(await stats(type, range)).toMatchObject({ type, data });
    expect(Object.keys((await stats(type, range)).data)).toEqual(Object.keys(data));
  });

  it('latency of the day', async () => {
    expect((await stats('latency', 'day')).data).toEqual({
      avg_latency: 30,
      max_latency: 50,
      p50_latency: expect.closeTo(30, 0),
      p95_latency: expect.closeTo(50, 0),
      p99_latency: expect.closeTo(50, 0),
    });
  });

  it.each([
    ['logs', 'count', 'hour', 61],
    ['logs', 'count', 'day', 25],
    ['logs', 'count', 'week', 169],
    ['unique_ips', 'unique_ips', 'hour', 5],
    ['unique_ips', 'unique_ips', 'day', 25],
    ['unique_ips', 'unique_ips', 'week', 8],
  ])('a series of %s: %s of the %s equals a scan of the rows', async (type, name, range, points) => {
    const { from, to, data } = await stats(type, range);
    const { series } = data as unknown as { series: Record<string, unknown>[] };
    // a point more or less, where the window begins or ends with one
    expect(Math.abs(series.length - points)).toBeLessThanOrEqual(1);
    expect(series[0].time).toBe(from);
    const ends = [...series.slice(1).map(({ time }) => time), to] as string[];
    const scanned = series.map(({ time }, k) => {
      const found = entries.filter(({ timestamp }) => timestamp >= String(time) && timestamp < ends[k]);
      return type === 'logs' ? found.length : new Set(found.map(({ ip }) => ip)).size;
    });
    expect(series.map((point) => point[name])).toEqual(scanned);
  });

  it('is the same before and after it is counted', async () => {
    await api.post('/logs', { timestamp: at(5 * 1440), ip: '192.0.2.9', path: '/five', status: 418 });
    for (let i = 0; i < 20; i++) expect((await stats('errors', 'week')).data).toMatchObject({ 418: 1 });
  });

  it('is kept, computed once for all who ask at once, and fresh for those who ask for that', async () => {
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => api.get('/stats?type=traffic&range=week', fresh)),
    );
    expect(new Set(asked.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const before = (await api.get('/stats?type=traffic&range=week')).body as {
      data: { total_request: number };
    };
    await api.post('/logs', { timestamp: at(6 * 1440), ip: '192.0.2.9', path: '/six' });
    const kept = await api.get('/stats?type=traffic&range=week');
    expect([kept.body, kept.headers.get('x-cache')]).toEqual([before, 'HIT']);
    expect(Number(kept.headers.get('age'))).toBeGreaterThanOrEqual(0);
    const { body, headers } = await api.get('/stats?type=traffic&range=week', fresh);
    expect(body).toMatchObject({ data: { total_request: before.data.total_request + 1 } });
    expect([headers.get('x-cache'), headers.get('age')]).toEqual(['MISS', '0']);
  });

  it('of a project without entries is zero, and null where nothing was timed', async () => {
    await api.post('/api/v1/keys', { name: 'empty', project: 'empty', scopes: ['query'] });
    const of = async (type: string) =>
      ((await api.get(`/stats?type=${type}&range=hour&project=empty`)).body as { data: unknown }).data;
    expect(await of('errors')).toEqual({});
    expect(await of('traffic')).toEqual({ total_request: 0, unique_ips: 0 });
    expect(Object.values((await of('latency')) as object)).toEqual([null, null, null, null, null]);
  });

  it.each(['type=visits', 'type=errors&range=month'])('%s is refused', async (query) => {
    const { status, body } = await api.get(`/stats?${query}`);
    expect({ status, body }).toMatchObject({ status: 400, body: { error: 'validation_error' } });
  });
});

describe('GET /analytics', () => {
  const hourOf = (ms: number) =>
    new Date(Math.floor(ms / HOUR_MS) * HOUR_MS).toISOString().replace('.000', '');

  it('sums up an hour as the archive does', async () => {
    const hour = hourOf(startedMs - 26 * HOUR_MS);
    const { status, body } = await api.get(`/analytics?hour=${hour}`);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        hour,
        generated_at: expect.any(String),
        total_requests: 1,
        unique_ips: 1,
        paths: { '/d': 1 },
        user_agents: {},
        statuses: { 404: 1 },
        methods: { GET: 1 },
        latency_ms: {
          avg: 70,
          p50: expect.closeTo(70, 0),
          p95: expect.closeTo(70, 0),
          p99: expect.closeTo(70, 0),
          max: 70,
        },
      },
    });
    const file = path.join(archiveDir, 'analytics', hour.slice(0, 10), `summary_${hour.slice(11, 13)}.json`);
    const read = () => {
      try {
        return JSON.parse(readFileSync(file, 'utf8')) as object;
      } catch {
        return null;
      }
    };
    await until(() => read() !== null);
    expect({ ...read(), generated_at: '' }).toEqual({ ...(body as object), generated_at: '' });
    const metrics = (await api.get('/metrics')).body as string;
    expect(metrics).toMatch(/aggregation_runs_total [1-9]/);
  });

  it('sums up a window of hours', async () => {
    const [from, to] = [hourOf(startedMs - 3 * HOUR_MS), hourOf(startedMs + HOUR_MS)];
    const { body } = await api.get(`/analytics?from=${from}&to=${to}`);
    expect(body).toMatchObject({ from, to, total_requests: 4, unique_ips: 3, statuses: { 200: 1, 503: 1 } });
    expect(body).not.toHaveProperty('hour');
    // up to now: another hour may have begun meanwhile
    const { body: upToNow } = await api.get(`/analytics?from=${from}`);
    expect([to, hourOf(Date.now() + HOUR_MS)]).toContain(upToNow.to);
    expect((await api.get('/analytics')).body).toMatchObject({ hour: expect.stringMatching(/:00:00Z$/) });
  });

  it.each([
    ['hour=2026-11-20T10:30:00Z', 'validation_error', 'hour'],
    ['hour=2026-11-20T10:00:00%2B00:30', 'validation_error', 'hour'],
    ['hour=now', 'validation_error', 'hour'],
    ['from=2026-11-20T10:30:00Z', 'invalid_start_time', 'from'],
    ['from=2026-11-20T10:00:00Z&to=2026-11-20T10:00:00Z', 'invalid_end_time', 'to'],
    ['from=2026-01-01T00:00:00Z&to=2026-11-20T10:00:00Z', 'invalid_start_time', 'from'],
    ['hour=2026-11-20T10:00:00Z&from=2026-11-20T10:00:00Z', 'validation_error', 'hour'],
    ['to=2026-11-20T10:00:00Z', 'invalid_start_time', 'from'],
  ])('%s is refused', async (query, error, field) => {
    const { status, body } = await api.get(`/analytics?${query}`);
    expect({ status, body }).toMatchObject({ status: 400, body: { error, details: [{ field }] } });
  });
});

describe('OpenAPI', () => {
  it('shows the routes at the root, their parameters and failures', async () => {
    const { body } = await api.get('/openapi.json');
    const { paths } = body as {
      paths: Record<string, { get: { parameters: { name: string }[]; responses: object } }>;
    };
    const names = (route: string) => paths[route].get.parameters.map(({ name }) => name).sort();
    expect(names('/logs')).toEqual([
      'count',
      'cursor',
      'from',
      'ip',
      'limit',
      'method',
      'offset',
      'path',
      'project',
      'range',
      'status',
      'to',
    ]);
    expect(names('/stats')).toEqual(['Cache-Control', 'project', 'range', 'type']);
    expect(names('/analytics')).toEqual(['from', 'hour', 'project', 'to']);
    for (const route of ['/logs', '/stats', '/analytics']) {
      expect(Object.keys(paths[route].get.responses)).toEqual(
        expect.arrayContaining(['200', '400', '401', '503']),
      );
    }
  });
});
