import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let api: Api;

beforeAll(async () => {
  server = await startServer({
    env: {
      MAX_REQUEST_SIZE_MB: '0.5',
      ENABLE_CORS: 'true',
      ALLOWED_ORIGINS: 'https://app.example',
      REQUEST_TIMEOUT_SECONDS: '5',
    },
  });
  api = apiOf(server);
});

afterAll(() => server?.stop());

/** What comes back for bytes that no HTTP client would send. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => (answer += String(chunk)));
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('bodies', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['deflate', (text: string) => deflateRawSync(text, { level: 0 })],
    ['br', brotliCompressSync],
  ])('may come as %s', async (encoding, compress) => {
    const body = compress(JSON.stringify(anEvent()));
    const { status } = await api.post('/api/v1/ingest', body, { headers: { 'content-encoding': encoding } });
    expect(status).toBe(201);
  });

  it('are counted after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 0x20));
    const { status, body } = await api.post('/api/v1/ingest', bomb, {
      headers: { 'content-encoding': 'gzip' },
    });
    expect([status, body.error, body.retryable]).toEqual([413, 'request_too_large', false]);
  });

  it.each(['gzip', 'deflate', 'br'])('that are no %s are refused', async (encoding) => {
    const { status, body } = await api.post('/api/v1/ingest', 'plain text', {
      headers: { 'content-encoding': encoding },
    });
    expect([status, body.error]).toEqual([400, 'invalid_json']);
  });

  it('that end in the middle of gzip are refused', async () => {
    const whole = gzipSync(
      JSON.stringify(anEvent({ properties: { noise: Array.from({ length: 500 }, Math.random) } })),
    );
    const { status, body } = await api.post('/api/v1/ingest', whole.subarray(0, whole.length / 2), {
      headers: { 'content-encoding': 'gzip' },
    });
    expect([status, body.error]).toEqual([400, 'invalid_json']);
  });

  it('that are too large are refused, whether their length is announced or not', async () => {
    const large = JSON.stringify(anEvent({ properties: { blob: 'x'.repeat(600 * 1024) } }));
    expect((await api.post('/api/v1/ingest', large)).status).toBe(413);
    const chunked = await fetch(`${server.url}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'x-api-key': server.key, 'content-type': 'application/json' },
      body: new Blob([large]).stream(),
      duplex: 'half',
    }).then(
      (answer) => answer.status,
      () => 413,
    );
    expect(chunked).toBe(413);
  });

  it.each([
    ['text/plain', 415, 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['application/json-patch+json', 415, 'unsupported_media_type'],
    ['application/jsonl-not', 415, 'unsupported_media_type'],
    ['application/json; charset=utf-16', 415, 'unsupported_media_type'],
    ['application/json; charset=iso-8859-1', 415, 'unsupported_media_type'],
    ['text/csv', 415, 'unsupported_media_type'],
    ['nonsense', 415, 'unsupported_media_type'],
    ['application/json; charset=UTF-8', 201, undefined],
    ['application/json;charset="utf8"', 201, undefined],
    ['application/json; charset=us-ascii', 201, undefined],
  ])('as %s get %i', async (type, status, code) => {
    const answer = await api.post('/api/v1/ingest', anEvent(), { headers: { 'content-type': type } });
    expect([answer.status, answer.body.error]).toEqual([status, code]);
  });

  it.each([
    ['/api/v1/ingest', 'text/plain', /application\/json$/],
    ['/api/v1/ingest', '', /application\/json$/],
    ['/api/v1/keys', 'application/x-www-form-urlencoded', /application\/json$/],
    ['/upload', 'text/csv', /application\/json$/],
    ['/logs', 'text/plain', /application\/json or application\/x-ndjson or text\/csv$/],
    ['/api/v1/ingest', 'application/json; charset=utf-16', /UTF-8 \(charset utf-8 or us-ascii\)$/],
  ])('on %s as %j are told what is taken', async (path, type, message) => {
    const answer = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'x-api-key': server.key, ...(type && { 'content-type': type }) },
      body: new Uint8Array(Buffer.from('{}')),
    });
    expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([
      415,
      expect.stringMatching(message),
    ]);
  });

  it('of another route are told theirs', async () => {
    for (const body of [[anEvent()], { logs: [anEvent()] }]) {
      const { status, body: told } = await api.post('/api/v1/ingest', body);
      expect([status, told.message]).toEqual([400, expect.stringContaining('POST /api/v1/batch-ingest')]);
    }
    const { status, body: told } = await api.post('/api/v1/batch-ingest', anEvent());
    expect([status, told.details[0].message]).toEqual([400, expect.stringContaining('POST /api/v1/ingest')]);
  });

  it('with another Content-Encoding are refused', async () => {
    const { status, body } = await api.post('/api/v1/ingest', anEvent(), {
      headers: { 'content-encoding': 'zstd' },
    });
    expect([status, body.error]).toEqual([415, 'unsupported_media_type']);
  });

  it('that are not UTF-8 are refused', async () => {
    const body = Buffer.concat([Buffer.from('{"event_id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect((await api.post('/api/v1/ingest', body)).body.error).toBe('invalid_json');
  });

  it('nested a million deep cost an answer, not the server', async () => {
    for (const text of ['['.repeat(400_000), `{"logs":${'['.repeat(400_000)}`]) {
      const { status, body } = await api.post('/api/v1/batch-ingest', text);
      expect([status, body.error]).toEqual([400, 'invalid_json']);
    }
  });
});

describe('answers', () => {
  it('echo a well-formed X-Request-ID and make one otherwise', async () => {
    const echoed = await api.get('/liveness', { headers: { 'x-request-id': 'abc-1.2_3' } });
    expect(echoed.headers.get('x-request-id')).toBe('abc-1.2_3');
    for (const given of ['a b', 'x'.repeat(129), 'ü']) {
      const made = await api.get('/nothing', { headers: { 'x-request-id': encodeURI(given) } });
      expect(made.headers.get('x-request-id')).toMatch(/^[A-Za-z0-9_-]{12}-[0-9a-z]+$/);
      expect(made.body.request_id).toBe(made.headers.get('x-request-id'));
    }
  });

  it('carry what keeps browsers from guessing', async () => {
    const { headers } = await api.get('/liveness');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toBeNull();
  });

  it('keep their connection longer than balancers do', async () => {
    const { headers } = await api.get('/liveness');
    expect(headers.get('keep-alive')).toBe('timeout=620');
  });

  it('say 404 for what is not there and 405 for the wrong method', async () => {
    const lost = await api.get('/api/v1/nothing');
    expect([lost.status, lost.body.error, lost.body.retryable]).toEqual([404, 'not_found', false]);
    const wrong = await api.get('/api/v1/ingest');
    expect([wrong.status, wrong.body.error]).toEqual([405, 'method_not_allowed']);
    expect(wrong.headers.get('allow')).toBe('POST');
  });

  it('are the same with doubled and trailing slashes in the path', async () => {
    for (const path of ['//api/v1//ingest', '/api/v1/ingest/', '/api//v1/ingest//?x=//']) {
      expect([path, (await api.post(path, anEvent())).status]).toEqual([path, 201]);
    }
    const slashed = anEvent({ event_id: `a//b/${Date.now()}/` });
    await api.post('/api/v1/ingest/', slashed);
    const found = await api.get(`/api/v1/events/${encodeURIComponent(slashed.event_id as string)}/`);
    expect([found.status, found.body.data?.event_id]).toEqual([200, slashed.event_id]);
    const wrong = await api.get('//api/v1/ingest/');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await api.get('/api/v1/nothing/')).status).toBe(404);
  });

  it('have the same form where no route is reached', async () => {
    const undecodable = await fetch(`${server.url}/api/v1/events/%E0%A4%A`);
    expect(undecodable.status).toBe(400);
    expect(await undecodable.json()).toMatchObject({
      error: 'validation_error',
      request_id: expect.any(String),
    });
    const endless = await fetch(`${server.url}/api/v1/events/${'a'.repeat(4000)}`);
    expect(endless.status).toBe(404);
    expect(await endless.json()).toMatchObject({ error: 'not_found', retryable: false });
  });

  it('allow cross-origin requests of the listed origins only', async () => {
    const preflight = (origin: string) =>
      fetch(`${server.url}/api/v1/ingest`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-api-key',
        },
      });
    const allowed = await preflight('https://app.example');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(allowed.headers.get('access-control-allow-headers')).toMatch(/X-API-Key.*Idempotency-Key/);
    for (const header of ['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'x-requested-with']) {
      expect(allowed.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(header);
    }
    const other = await preflight('https://evil.example');
    expect(other.headers.get('access-control-allow-origin')).not.toBe('https://evil.example');
    const plain = await api.get('/liveness', { headers: { origin: 'https://app.example' } });
    expect(plain.headers.get('access-control-expose-headers')).toMatch(/X-Request-ID.*Retry-After/);
  });
});

describe('what is hardly HTTP', () => {
  it.each([
    [
      'headers without end',
      `GET / HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    ['noise', 'hello\r\n\r\n', 400, 'validation_error'],
    [
      'a tunnel',
      'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n',
      405,
      'method_not_allowed',
    ],
    ['an unknown method', 'BREW /liveness HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'validation_error'],
    [
      'a method of WebDAV',
      'PROPFIND /liveness HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n',
      405,
      'method_not_allowed',
    ],
    [
      'lengths that differ',
      'POST /logs HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{',
      400,
      'validation_error',
    ],
    ['no host', 'GET /liveness HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'validation_error'],
    [
      'an expectation that nobody has',
      'GET /liveness HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\nconnection: close\r\n\r\n',
      400,
      'validation_error',
    ],
    [
      'a body that never comes',
      'POST /api/v1/ingest HTTP/1.1\r\nhost: x\r\nx-api-key: KEY\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{',
      408,
      'request_timeout',
    ],
  ])('%s', async (_name, bytes, status, code) => {
    const answer = await raw(bytes.replace('KEY', server.key));
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))) as Record<string, unknown>;
    expect(body).toMatchObject({ error: code, retryable: status === 408, details: expect.any(Array) });
    expect(answer).toContain(`x-request-id: ${body.request_id as string}`);
  });
});
