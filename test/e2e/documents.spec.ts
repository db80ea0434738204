import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { sightline } from '../support/command.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

describe('the documents', () => {
  let server: TestServer;
  let api: Api;

  beforeAll(async () => {
    server = await startServer();
    api = apiOf(server);
  });
  afterAll(async () => {
    await server.stop();
  });

  it('describe events by the schema that checks them', async () => {
    const { body } = await api.get('/openapi.json', { key: null });
    const { schema } = body.paths['/api/v1/ingest'].post.requestBody.content['application/json'];
    expect(schema).toEqual({ $ref: '#/components/schemas/Event' });
    const { Event } = body.components.schemas;
    expect(Event.required).toEqual(['event_id', 'event_type', 'event_name']);
    expect(Event.properties.event_id).toMatchObject({ type: 'string', minLength: 1, maxLength: 255 });
  });

  it.each(['/openapi.json', '/docs', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css', '/docs/start.js'])(
    'are answered by 304 while they are the same: %s',
    async (path) => {
      const whole = await api.get(path, { key: null });
      expect([whole.status, whole.headers.get('cache-control')]).toEqual([200, 'no-cache']);
      const etag = whole.headers.get('etag')!;
      const again = await api.get(path, { key: null, headers: { 'if-none-match': `"other", W/${etag}` } });
      expect([again.status, again.body, again.headers.get('etag')]).toEqual([304, '', etag]);
      expect((await api.get(path, { key: null, headers: { 'if-none-match': '"other"' } })).status).toBe(200);
    },
  );

  it.each(['/docs/', '/docs//', '/docs/?x'])(
    'lead back from %s, where their addresses would be others',
    async (path) => {
      const { status, headers } = await fetch(server.url + path, { redirect: 'manual' });
      expect(status).toBe(308);
      expect(new URL(headers.get('location')!, server.url + path).pathname).toBe('/docs');
    },
  );

  it('run nothing but what lies beside them', async () => {
    const { headers } = await api.get('/docs', { key: null });
    const policy = headers.get('content-security-policy');
    expect(policy).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/);
    expect(policy).not.toMatch(/unsafe|\*|http/);
  });

  it.each(['/docs-yaml', '/docs-json', '/docs/swagger-ui-init.js', '/docs/package.json', '/docs/LICENSE'])(
    'are all there is: %s',
    async (path) => {
      expect((await api.get(path, { key: null })).status).toBe(404);
    },
  );
});

it('speaks HTTPS with a certificate of its own', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'sightline-tls-'));
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-days', '2', '-nodes', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject], { stdio: 'ignore' });
  const server = await startServer({ env: { TLS_CERT_FILE: cert, TLS_KEY_FILE: key }, tls: true });
  const answer = await new Promise<{ status?: number; hsts?: string }>((resolve, reject) => {
    const url = `${server.url}/liveness`;
    request(url, { rejectUnauthorized: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, hsts: response.headers['strict-transport-security'] });
    })
      .once('error', reject)
      .end();
  });
  expect(answer).toEqual({ status: 200, hsts: 'max-age=31536000' });
  expect(await server.stop()).toBe(0);
  rmSync(dir, { recursive: true });
});

it('writes JSON lines with the id of the request, and no key', async () => {
  const server = await startServer({ env: { REQUEST_LOG: 'all' } });
  const api = apiOf(server);
  await api.post('/api/v1/ingest', anEvent(), { headers: { 'x-request-id': 'my-request' } });
  await until(() => server.logs.some((line) => line.includes('my-request')));
  const line = server.logs.find((one) => one.includes('my-request'))!;
  expect(JSON.parse(line)).toMatchObject({
    level: 'info',
    request_id: 'my-request',
    method: 'POST',
    path: '/api/v1/ingest',
    status: 201,
  });
  expect(server.logs.join('\n')).not.toContain(server.key);
  expect(await server.stop()).toBe(0);
});

it('ends in one line that names a wrong setting and hides its value', async () => {
  const { code, stderr } = await sightline(['serve'], { RATE_LIMIT_BURST: 'hunter2' }).done;
  expect(code).toBe(2);
  expect(stderr).toMatch(/^sightline: RATE_LIMIT_BURST .*\n$/);
  expect(stderr).not.toContain('hunter2');
});
