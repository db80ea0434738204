import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { anEvent, apiOf } from '../support/api.js';
import { sightline } from '../support/command.js';
import { cloneDatabase } from '../support/database.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let server: TestServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** A server, and what asks its second port. */
async function serve(env: Record<string, string> = {}) {
  const port = await freePort();
  server = await startServer({ env: { METRICS_PORT: String(port), ...env } });
  return { main: apiOf(server), metrics: apiOf({ url: `http://127.0.0.1:${port}`, key: server.key }) };
}

it('serves metrics there and only there, and nothing else there', async () => {
  const { main, metrics } = await serve();
  await main.post('/api/v1/ingest', anEvent());
  const page = await metrics.get('/metrics', { key: null });
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(page.body).toMatch(/^logs_ingested_total\{.*\} 1$/m);
  expect(page.body).toContain('# TYPE process_resident_memory_bytes gauge');
  expect((await main.get('/metrics')).status).toBe(404);
  expect(await metrics.get('/health')).toMatchObject({ status: 404, body: { error: 'not_found' } });
  expect(await metrics.post('/api/v1/ingest', anEvent())).toMatchObject({ status: 404 });
  const posted = await metrics.post('/metrics', {});
  expect(posted).toMatchObject({ status: 405, body: { error: 'method_not_allowed', retryable: false } });
  expect(posted.headers.get('allow')).toBe('GET, HEAD');
  expect(posted.headers.get('x-request-id')).toBe((posted.body as { request_id: string }).request_id);
});

it('asks for a key there when told to, on the path that it is told', async () => {
  const { main, metrics } = await serve({ METRICS_REQUIRE_KEY: '1', METRICS_PATH: '/prom' });
  expect(await metrics.get('/prom', { key: null })).toMatchObject({ status: 401 });
  const made = await main.post('/api/v1/keys', { name: 'app', scopes: ['ingest'] });
  const { key } = (made.body as { data: { key: string } }).data;
  expect(await metrics.get('/prom', { key })).toMatchObject({ status: 403, body: { error: 'forbidden' } });
  expect(await metrics.get('/prom')).toMatchObject({ status: 200 });
  expect(await metrics.get('/metrics')).toMatchObject({ status: 404 });
});

it('serves none at all where metrics are off', async () => {
  const { metrics } = await serve({ ENABLE_METRICS: 'false' });
  await expect(metrics.get('/metrics')).rejects.toThrow('fetch failed');
});

it('gives the sum of two workers', async () => {
  const { main, metrics } = await serve({ WORKERS: '2' });
  await Promise.all(Array.from({ length: 20 }, () => main.post('/api/v1/ingest', anEvent())));
  // A connection of its own each time: whichever worker is asked answers for both.
  const scrape = async () =>
    (await metrics.get('/metrics', { headers: { connection: 'close' } })).body as string;
  const sum = /^logs_ingested_total\{.*\} 20$/m;
  // one that is busy is shown as it last was
  await until(async () => sum.test(await scrape()));
  for (let times = 0; times < 4; times++) expect(await scrape()).toMatch(sum);
});

it.each(['1', '2'])(
  'ends the start in one line where the port is taken, with WORKERS=%s',
  async (workers) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const database = await cloneDatabase();
    try {
      const env = { DATABASE_URL: database.url, SERVER_HOST: '127.0.0.1', PORT: '0', WORKERS: workers };
      const { code, stderr } = await sightline(['serve'], { ...env, METRICS_PORT: String(port) }).done;
      expect(code).toBe(1);
      expect(stderr).toBe(
        `sightline: port ${port} is in use: stop what listens on it, or choose another METRICS_PORT\n`,
      );
    } finally {
      taken.close();
      await database.drop();
    }
  },
);
