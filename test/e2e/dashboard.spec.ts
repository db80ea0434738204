import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { browse } from '../support/session.js';

const AS_BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const PATHS = ['/', '/explore', '/access', '/live', '/system', '/audit', '/dead-letters'];

describe('the dashboard', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startServer();
  });

  afterAll(() => server.stop());

  const get = (path: string, headers: Record<string, string> = {}) => browse(server.url + path, { headers });

  it('is at each of its paths, for anybody', async () => {
    const pages = await Promise.all(PATHS.map((path) => get(path)));
    for (const { status, headers, body } of pages) {
      expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(body).toBe(pages[0].body);
      expect(headers['content-security-policy']).toMatch(/^default-src 'self';/);
      expect(headers).toMatchObject({
        'cache-control': 'no-cache',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['x-ratelimit-limit']).toBeUndefined();
    }
  });

  it('brings all that it needs, compressed and kept for ever', async () => {
    const { body } = await get('/');
    const files = [...(body as string).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file);
    expect(files.filter((file) => file.endsWith('.js')).length).toBeGreaterThan(0);
    for (const file of files) {
      expect(file).toMatch(/^\/(assets\/)?[\w.-]+$/);
      const { status, headers } = await get(file, { 'accept-encoding': 'br' });
      expect(status).toBe(200);
      if (file.startsWith('/assets/')) {
        expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      }
      if (/\.(js|css)$/.test(file)) expect(headers['content-encoding']).toBe('br');
    }
    expect(body).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=/);
  });

  it('fails like every route where there is nothing', async () => {
    for (const path of ['/assets/nothing.js', '/explore/more', '/index.htm']) {
      const { status, body } = await get(path);
      expect([status, body.error]).toEqual([404, 'not_found']);
    }
    for (const path of ['/assets/nothing.js', '/api/v1/nothing']) {
      expect((await get(path, AS_BROWSER)).body.error).toBe('not_found');
    }
    const answer = await browse(`${server.url}/explore`, {
      method: 'POST',
      headers: { 'x-api-key': server.key },
    });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  it('shows a browser its page where there is nothing, and says 404', async () => {
    const home = await get('/');
    const known = { 'if-none-match': String(home.headers.etag) };
    for (const path of ['/explore/more', '/nothing?x=1', '/index.htm']) {
      const { status, headers, body } = await get(path, { ...AS_BROWSER, ...known });
      expect([status, headers['content-type'], body]).toEqual([404, 'text/html; charset=utf-8', home.body]);
      expect([headers['cache-control'], headers.etag]).toEqual(['no-store', undefined]);
      expect(headers['content-security-policy']).toMatch(/^default-src 'self';/);
    }
    // A route that is there, by another method, is no unknown address.
    expect((await get('/upload', AS_BROWSER)).status).toBe(405);
  });
});

it('is not there with ENABLE_DASHBOARD=false', async () => {
  const server = await startServer({ env: { ENABLE_DASHBOARD: 'false' } });
  for (const path of [...PATHS, '/assets/nothing.js', '/nothing']) {
    const { status, body } = await browse(server.url + path, { headers: AS_BROWSER });
    expect([status, body.error]).toEqual([404, 'not_found']);
  }
  await server.stop();
});

it('gives way where a setting puts something else on one of its paths', async () => {
  const server = await startServer({ env: { METRICS_PATH: '/access', HEALTH_CHECK_PATH: '/system' } });
  expect((await browse(`${server.url}/access`)).body).toContain('process_cpu_seconds_total');
  expect((await browse(`${server.url}/system`)).body).toMatchObject({ status: 'healthy' });
  expect((await browse(server.url)).headers['content-type']).toMatch(/^text\/html/);
  await server.stop();
});
