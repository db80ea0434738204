import { afterEach, describe, expect, it } from 'vitest';
import { apiOf } from '../support/api.js';
import { cloneDatabase } from '../support/database.js';
import { gateBefore } from '../support/gate.js';
import { startServer, type TestServer } from '../support/server.js';
import { browse, cookieOf, logIn } from '../support/session.js';
import { SOON_MS, until } from '../support/until.js';

const SESSION = '/api/v1/session';
let servers: TestServer[] = [];

async function serve(env: Record<string, string>, tls = false): Promise<TestServer> {
  const server = await startServer({ env, tls });
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers) await server.stop();
  servers = [];
});

const statusOf = async (server: TestServer, headers: Record<string, string>, method = 'GET') =>
  (await browse(server.url + SESSION, { method, headers })).status;

describe('behind a proxy of TRUSTED_PROXIES', () => {
  const forwarded = { 'x-forwarded-host': 'stats.test', 'x-forwarded-proto': 'https', host: 'inside:8080' };

  it('knows the host and the scheme that the browser used', async () => {
    const server = await serve({ TRUSTED_PROXIES: '127.0.0.1' });
    const options = { method: 'POST', body: { key: server.key } };
    const own = { ...forwarded, origin: 'https://stats.test' };
    const { status, headers } = await browse(server.url + SESSION, { ...options, headers: own });
    expect(status).toBe(201);
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^__Host-sightline_session=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ),
    ]);
    const cookie = cookieOf(headers);
    expect(await statusOf(server, { ...own, cookie })).toBe(200);
    // what another host of the domain may have planted, or what went over the wire in the clear
    expect(await statusOf(server, { ...own, cookie: cookie.replace('__Host-', '') })).toBe(401);
    for (const origin of ['http://stats.test', 'https://inside:8080', 'https://evil.test']) {
      expect(await statusOf(server, { ...own, cookie, origin }, 'DELETE')).toBe(403);
    }
    expect(await statusOf(server, { ...own, cookie }, 'DELETE')).toBe(200);
  });

  it('believes nobody else', async () => {
    const server = await serve({ TRUSTED_PROXIES: '192.0.2.1' });
    const headers = { ...forwarded, origin: 'https://stats.test' };
    const options = { method: 'POST', body: { key: server.key } };
    expect((await browse(server.url + SESSION, { ...options, headers })).status).toBe(403);
    const answer = await browse(server.url + SESSION, { ...options, headers: forwarded });
    expect(cookieOf(answer.headers)).toMatch(/^sightline_session=/);
  });
});

it('is shared by all worker processes, from the first request to the last', async () => {
  const server = await serve({ WORKERS: '2' });
  const headers = await logIn(server.url, server.key);
  const statuses = () => Promise.all(Array.from({ length: 20 }, () => statusOf(server, headers)));
  expect(new Set(await statuses())).toEqual(new Set([200]));
  expect(await statusOf(server, headers, 'DELETE')).toBe(200);
  await until(async () => (await statuses()).every((status) => status === 401), SOON_MS);
});

it('ends by itself after SESSION_HOURS', async () => {
  const server = await serve({ SESSION_HOURS: '0.0004' });
  const begunMs = Date.now();
  const { cookie } = await logIn(server.url, server.key);
  await until(async () => (await statusOf(server, { cookie })) === 401);
  // of the 1440 ms; not before its time
  expect(Date.now() - begunMs).toBeGreaterThan(1_400);
});

it('is not needed where ANONYMOUS_SCOPES has query, and one that is over is taken back', async () => {
  const server = await serve({ ANONYMOUS_SCOPES: 'query' });
  const anonymous = await browse(server.url + SESSION);
  expect(anonymous.body.data).toEqual({
    key: null,
    project: 'default',
    scopes: ['query'],
    projects: ['default'],
    expires_at: null,
  });
  expect(anonymous.headers['set-cookie']).toBeUndefined();
  const headers = await logIn(server.url, server.key);
  expect((await browse(server.url + SESSION, { headers })).body.data.key.name).toBe('test');
  await browse(server.url + SESSION, { method: 'DELETE', headers });
  const over = await browse(server.url + SESSION, { headers });
  expect([over.status, over.body.data.key]).toEqual([200, null]);
  expect(over.headers['set-cookie']?.[0]).toMatch(/^sightline_session=; Max-Age=0;/);
});

it('is opened to no other origin by CORS', async () => {
  const origin = 'https://app.example';
  const server = await serve({ ENABLE_CORS: 'true', ALLOWED_ORIGINS: origin });
  const { cookie } = await logIn(server.url, server.key);
  for (const method of ['GET', 'POST', 'DELETE']) {
    const preflight = await browse(server.url + SESSION, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': method },
    });
    expect(preflight.headers['access-control-allow-credentials']).toBeUndefined();
    const answer = await browse(server.url + SESSION, { method, headers: { origin, cookie } });
    expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.status).toBe(403);
  }
  expect(await statusOf(server, { cookie })).toBe(200);
});

it('is honoured for a while without the database, as its key is; others are asked to wait', async () => {
  const database = await cloneDatabase();
  const gate = await gateBefore(database.url);
  const server = await serve({ DATABASE_URL: gate.url });
  const headers = await logIn(server.url, server.key);
  gate.shut();
  await until(async () => (await apiOf(server).get('/readiness')).status === 503);
  const forged = { cookie: `sightline_session=${'x'.repeat(43)}` };
  await until(async () => (await statusOf(server, forged)) === 503);
  expect(await statusOf(server, headers)).toBe(200);
  const logOut = await browse(server.url + SESSION, { method: 'DELETE', headers });
  expect([logOut.status, logOut.headers['set-cookie']]).toEqual([503, undefined]);
  const again = await browse(server.url + SESSION, { method: 'POST', body: { key: server.key } });
  expect([again.status, again.body.error]).toEqual([503, 'storage_unavailable']);
  gate.open();
  await until(async () => (await statusOf(server, forged)) === 401);
  expect(await statusOf(server, headers, 'DELETE')).toBe(200);
  await until(async () => (await statusOf(server, headers)) === 401);
  await server.stop();
  servers = [];
  await gate.close();
  await database.drop();
});
