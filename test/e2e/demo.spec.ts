import { afterAll, beforeAll, expect, it } from 'vitest';
import { DAY_MS } from '../../src/core/time.js';
import { apiOf, anEvent, type Answer } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { browse, logIn } from '../support/session.js';
import { until } from '../support/until.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer({ env: { WORKERS: '2', COUNT_INTERVAL_SECONDS: '0.1' } });
});

afterAll(() => server.stop());

const get = (path: string): Promise<Answer> => apiOf(server).get(path);
const fill = (): Promise<Answer> => apiOf(server).post('/api/v1/demo', {});
const remove = () =>
  browse(`${server.url}/api/v1/demo`, { method: 'DELETE', headers: { 'x-api-key': server.key } });
const totalOf = async (project: string): Promise<number> =>
  (await get(`/api/v1/metrics?project=${project}`)).body.data.total_logs as number;
const namesOf = async (): Promise<string[]> =>
  ((await get('/api/v1/projects')).body.data as { name: string }[]).map(({ name }) => name);
const uniqueIps = async (): Promise<number> =>
  Number(/^unique_ip_addresses (\d+)$/m.exec((await get('/metrics')).body as string)?.[1]);

it('fills a project of its own with five weeks of data up to now', async () => {
  const { status, body } = await fill();
  expect(status).toBe(201);
  expect(body.data.project).toBe('demo');
  expect(Math.min(body.data.events as number, body.data.access_entries as number)).toBeGreaterThanOrEqual(
    15_000,
  );
  const from = new Date(Date.now() - 36 * DAY_MS).toISOString();
  const stats = (await get(`/api/v1/stats?type=logs&from=${from}&interval=1d&project=demo`)).body.data;
  expect(stats.totals.count).toBe(body.data.events);
  const days = (stats.series as { count: number }[]).filter(({ count }) => count > 0);
  expect(days.length).toBeGreaterThanOrEqual(35);
  const metrics = (await get('/api/v1/metrics?project=demo')).body.data;
  expect(metrics.total_logs).toBe(body.data.events);
  expect(metrics.logs_last_hour).toBeGreaterThan(0);
  expect(metrics.active_users).toBeGreaterThan(0);
  const entries = (await get('/logs?project=demo&limit=1&count=exact')).body;
  expect(entries.meta.total).toBe(body.data.access_entries);
  expect(Date.now() - Date.parse(entries.data[0].Timestamp as string)).toBeLessThan(DAY_MS / 4);
  expect(await totalOf('default')).toBe(0);
});

it('is filled anew, not twice as much', async () => {
  const { body } = await fill();
  await until(async () => (await totalOf('demo')) === body.data.events);
  await until(async () => (await namesOf()).includes('demo'));
});

it('is removed with its keys and sessions, and does not come back', async () => {
  await apiOf(server).post('/api/v1/ingest', anEvent());
  const made = await apiOf(server).post('/api/v1/keys', { name: 'k', project: 'demo', scopes: ['query'] });
  const { key } = made.body.data as { key: string };
  const { cookie } = await logIn(server.url, key);
  await until(async () => (await uniqueIps()) > 100);
  expect((await remove()).status).toBe(200);
  const statusOf = async (headers: Record<string, string>) =>
    (await browse(`${server.url}/api/v1/session`, { headers })).status;
  await until(
    async () => (await statusOf({ cookie })) === 401 && (await statusOf({ 'x-api-key': key })) === 401,
  );
  await until(async () => !(await namesOf()).includes('demo'));
  await until(async () => (await get('/api/v1/metrics?project=demo')).status === 404);
  await until(async () => (await uniqueIps()) === 0);
  expect(await totalOf('default')).toBe(1);
  expect((await remove()).status).toBe(200);
});

it("leaves somebody's own project demo alone, and is for admins", async () => {
  const { body } = await apiOf(server).post('/api/v1/keys', {
    name: 'k',
    project: 'demo',
    scopes: ['query'],
  });
  const { key } = body.data as { key: string };
  for (const answer of [await fill(), await remove()]) {
    expect([answer.status, answer.body.error]).toEqual([403, 'forbidden']);
  }
  expect((await apiOf(server).get('/api/v1/logs/recent', { key })).status).toBe(200);
  expect((await apiOf(server).post('/api/v1/demo', {}, { key })).status).toBe(403);
  expect((await apiOf(server).post('/api/v1/demo', {}, { key: null })).status).toBe(401);
});
