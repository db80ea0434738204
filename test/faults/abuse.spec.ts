import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { residentMb } from '../support/process-memory.js';
import { head, RawClient } from '../support/raw-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const BURST = 60;
const MB = 1024 * 1024;
/** Of a server that was attacked by all of these; the bound for one in a container of 512 MiB. */
const MOST_MB = 400;
const APP_KEY = 'app-key-as-every-copy-has-it-0123456789';
const SHOP_KEY = 'shop-key-of-another-project-0123456789';

let server: TestServer;
let api: Api;
const clients: RawClient[] = [];

beforeAll(async () => {
  server = await startServer({
    env: {
      API_KEYS: `test:default:ingest+query+admin=test-key-0123456789abcdef0123456789abcdef,app:app:ingest=${APP_KEY},shop:shop:ingest+query=${SHOP_KEY}`,
      RATE_LIMIT_BURST: String(BURST),
      RATE_LIMIT_REQUESTS_PER_MINUTE: '0.1',
      TRUSTED_PROXIES: '127.0.0.1',
    },
  });
  api = apiOf(server);
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(() => server?.stop());

async function connected(): Promise<RawClient> {
  const client = await RawClient.connect(server);
  clients.push(client);
  return client;
}

let addresses = 0;
/** The headers of a client with an address of its own: nothing of its limits is used up. */
const fromElsewhere = () => ({ 'x-forwarded-for': `198.51.100.${++addresses}` });

/** Is everybody else served, and the process of a size? */
async function expectOthersServed(): Promise<void> {
  const headers = fromElsewhere();
  const stored = await api.post('/api/v1/ingest', anEvent(), { key: SHOP_KEY, headers });
  expect([stored.status, stored.body.error]).toEqual([201, undefined]);
  expect((await api.get('/api/v1/logs/recent', { key: SHOP_KEY, headers })).status).toBe(200);
  for (const probe of ['/liveness', '/readiness'])
    expect((await api.get(probe, { key: null })).status).toBe(200);
  expect(residentMb(server.process)).toBeLessThan(MOST_MB);
}

describe('one connection', () => {
  it('that asks for a document a hundred times without reading holds one of them', async () => {
    for (const path of ['/openapi.json', '/metrics', '/', '/health']) {
      const client = await connected();
      client.stopReading();
      client.write(head('GET', path, fromElsewhere()).repeat(200));
      await expectOthersServed();
    }
  });

  it('is answered in the order of its requests, each with its own answer', async () => {
    const client = await connected();
    const eventIds = Array.from({ length: 20 }, () => anEvent());
    const from = fromElsewhere();
    for (const event of eventIds) {
      const body = JSON.stringify(event);
      const headers = { 'x-api-key': APP_KEY, 'content-type': 'application/json', ...from };
      client.write(head('POST', '/api/v1/ingest', { ...headers, 'content-length': body.length }) + body);
    }
    await until(() => client.statuses.length === eventIds.length);
    expect(client.statuses).toEqual(eventIds.map(() => 201));
    expect([...client.answer.matchAll(/"event_id":"([^"]+)"/g)].map(([, id]) => id)).toEqual(
      eventIds.map(({ event_id }) => event_id),
    );
  });

  it('with more requests waiting than any client has is cut', async () => {
    const client = await connected();
    client.stopReading();
    client.write(head('GET', '/liveness').repeat(1600));
    client.write(head('GET', '/liveness').repeat(1600));
    await until(() => client.closed);
    await expectOthersServed();
  });
});

describe('connections', () => {
  it('are half of them for one address at the most, and all of them bounded', async () => {
    const few = await startServer({ env: { MAX_CONNECTIONS: '20' } });
    const opened: RawClient[] = [];
    const open = async (count: number, from: string) => {
      for (let i = 0; i < count; i++) opened.push(await RawClient.connect(few, from));
      return opened.slice(-count);
    };
    const idle = (of: readonly RawClient[]) => of.filter(({ closed }) => !closed).length;
    try {
      const hers = await open(15, '127.0.0.2');
      await until(() => idle(hers) === 10);
      expect((await apiOf(few).get('/readiness')).status).toBe(200);
      const his = await open(15, '127.0.0.3');
      await until(() => idle([...hers, ...his]) < 20);
      for (const client of hers) client.close();
      await until(
        async () =>
          (
            await apiOf(few)
              .get('/readiness')
              .catch(() => null)
          )?.status === 200,
      );
      const again = await open(2, '127.0.0.2');
      again[0].write(head('GET', '/liveness'));
      await until(() => again[0].statuses[0] === 200);
    } finally {
      for (const client of opened) client.close();
      await few.stop();
    }
  });
});

describe('bodies', () => {
  it('that are never sent to their end are held up to a share, and the rest is refused before it is read', async () => {
    const from = fromElsewhere();
    const almost = Buffer.alloc(10 * MB - 1, 0x20);
    const headers = { 'x-api-key': APP_KEY, 'content-type': 'application/json', ...from };
    const stalled = await Promise.all(Array.from({ length: 54 }, () => connected()));
    for (const client of stalled) {
      client.write(head('POST', '/api/v1/batch-ingest', { ...headers, 'content-length': 10 * MB }));
      client.write(almost);
    }
    await until(() => stalled.filter(({ statuses }) => statuses[0] === 503).length >= 50);
    await expectOthersServed();
  });

  it('of one event are little larger than an event may be', async () => {
    const large = JSON.stringify(anEvent({ properties: { blob: 'x'.repeat(MB) } }));
    const answer = await api.post('/api/v1/ingest', large, { key: APP_KEY, headers: fromElsewhere() });
    expect([answer.status, answer.body.error]).toEqual([413, 'request_too_large']);
  });

  it.each([
    ['too large', '/api/v1/batch-ingest', {}, 413],
    ['of an unknown key', '/api/v1/batch-ingest', { 'x-api-key': 'nobody' }, 401],
    ['for a key that may not ingest', '/api/v1/keys', {}, 413],
    [
      'too large, of a client that wants no other answer,',
      '/api/v1/batch-ingest',
      { connection: 'close' },
      413,
    ],
    ['of another media type', '/api/v1/batch-ingest', { 'content-type': 'text/plain' }, 415],
    ['for no route', '/api/v1/nothing', {}, 404],
  ])('%s are answered to a client that reads only when it has sent all', async (_, path, other, status) => {
    const body = Buffer.alloc(status === 413 ? 12 * MB : 8 * MB, 0x20);
    const client = await connected();
    client.stopReading();
    const headers = {
      'x-api-key': SHOP_KEY,
      'content-type': 'application/json',
      ...fromElsewhere(),
      ...other,
    };
    client.write(head('POST', path, { ...headers, 'content-length': body.length }));
    await client.writeAll(body);
    await until(() => client.statuses.length > 0);
    expect(client.statuses).toEqual([status]);
    // And the connection is as good as before.
    client.write(head('GET', '/liveness'));
    await until(() => client.statuses.length === 2);
  });

  it('without an end are not read for ever once they are refused', async () => {
    const client = await connected();
    client.write(head('POST', '/api/v1/batch-ingest', { 'x-api-key': 'nobody', 'content-length': 1e12 }));
    const piece = Buffer.alloc(MB, 0x20);
    await until(async () => {
      await client.writeAll(piece);
      return client.closed;
    });
    expect(client.statuses).toEqual([401]);
  });

  it('that wait to be asked for are not asked for where they would be refused', async () => {
    const headers = { 'content-type': 'application/json', expect: '100-continue', ...fromElsewhere() };
    const refused = await connected();
    refused.write(
      head('POST', '/api/v1/ingest', { ...headers, 'x-api-key': 'nobody', 'content-length': 100 }),
    );
    await until(() => refused.statuses.length > 0);
    expect([refused.statuses, refused.answer.includes('100 Continue')]).toEqual([[401], false]);
    const body = JSON.stringify(anEvent());
    const taken = await connected();
    taken.write(
      head('POST', '/api/v1/ingest', { ...headers, 'x-api-key': APP_KEY, 'content-length': body.length }),
    );
    await until(() => taken.answer.includes('100 Continue'));
    taken.write(body);
    await until(() => taken.statuses.length > 0);
    expect(taken.statuses).toEqual([201]);
  });
});

describe('limits', () => {
  it('refuse a body by its headers: neither read nor parsed', async () => {
    const headers = fromElsewhere();
    for (let i = 0; i < BURST; i++) await api.post('/api/v1/ingest', '{', { key: APP_KEY, headers });
    const client = await connected();
    const announced = { 'x-api-key': APP_KEY, 'content-type': 'application/json', 'content-length': 8 * MB };
    client.write(head('POST', '/api/v1/batch-ingest', { ...announced, ...headers }));
    // Not a byte of the body has been sent.
    await until(() => client.statuses.length > 0);
    expect(client.statuses).toEqual([429]);
    expect(client.answer).toMatch(/\r\nretry-after: \d+\r\n/i);
  });

  it('hold for the parameters of every route', async () => {
    const query = Array.from({ length: 1_100 }, (_, i) => `prop.a${i}=1`).join('&');
    for (const path of ['/api/v1/logs/filter', '/api/v1/logs/export', '/logs', '/stats']) {
      const { status, body } = await api.get(`${path}?${query}`, { headers: fromElsewhere() });
      expect([path, status, body.message]).toEqual([
        path,
        400,
        'query must not have more than 200 parameters',
      ]);
    }
    expect((await api.get(`/liveness?${query}`, { key: null })).status).toBe(200);
    await expectOthersServed();
  });

  it('hold for guessed keys by address, also at the log-in, and for nobody else', async () => {
    const headers = fromElsewhere();
    const guess = async (n: number) => {
      const key = `guess-${n}`;
      const answer = await (n % 2 === 0
        ? api.get('/api/v1/metrics', { key, headers })
        : api.post('/api/v1/session', { key }, { key: null, headers }));
      return answer.status;
    };
    const guesses = await Promise.all(Array.from({ length: BURST }, (_, n) => guess(n)));
    expect(new Set(guesses)).toEqual(new Set([401]));
    const refused = await api.post('/api/v1/session', { key: 'one-guess-more' }, { key: null, headers });
    expect([refused.status, refused.body.error]).toEqual([429, 'rate_limit_exceeded']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await api.get('/api/v1/metrics', { key: SHOP_KEY, headers })).status).toBe(200);
    await expectOthersServed();
  });

  it('hold by address for what needs no key and for addresses that are none, but not for the probes', async () => {
    const headers = fromElsewhere();
    const ask = async (path: string) => (await api.get(path, { key: null, headers })).status;
    const answers = new Set<number>();
    for (let i = 0; i < BURST; i++)
      answers.add(await ask(['/openapi.json', '/nothing', '/metrics', '/health'][i % 4]));
    expect([...answers].sort()).toEqual([200, 404]);
    for (const path of ['/openapi.json', '/docs', '/metrics', '/health', '/nothing', '/']) {
      expect([path, await ask(path)]).toEqual([path, 429]);
    }
    for (const path of ['/liveness', '/readiness']) expect(await ask(path)).toBe(200);
    expect((await api.get('/health', { key: null, headers: fromElsewhere() })).status).toBe(200);
  });

  it('leave a sample of the failures in the log, and say how many are not there', async () => {
    const before = server.logs.length;
    const headers = fromElsewhere();
    await Promise.all(
      Array.from({ length: 600 }, () => api.get('/api/v1/metrics', { key: 'guess', headers })),
    );
    const lines = server.logs.slice(before).filter((line) => line.includes('"msg":"request"'));
    expect(lines.length).toBeLessThan(600);
    await until(async () => {
      await api.get('/nothing', { key: null, headers: fromElsewhere() });
      return server.logs.slice(before).some((line) => /"unlogged":\d/.test(line));
    });
  });
});

describe('pages of other sites', () => {
  it("ANONYMOUS_SCOPES=admin makes no other site's page an operator", async () => {
    const open = await startServer({ env: { ANONYMOUS_SCOPES: 'ingest,admin', ENABLE_CORS: 'true' } });
    const from = (headers: Record<string, string>) => ({ key: null, headers });
    const made = await apiOf(open).post(
      '/api/v1/keys',
      { name: 'made', scopes: ['query'] },
      { key: open.key },
    );
    const revoke = `/api/v1/keys/${made.body.data.id}/revoke`;
    try {
      const foreign: Record<string, string>[] = [
        { origin: 'https://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ];
      for (const headers of foreign) {
        expect((await apiOf(open).post(revoke, {}, from(headers))).status).toBe(403);
        expect((await apiOf(open).get('/api/v1/keys', from(headers))).status).toBe(403);
      }
      // What it may do from anywhere, as ENABLE_CORS has it, it still may.
      const ingest = await apiOf(open).post(
        '/api/v1/ingest',
        anEvent(),
        from({ origin: 'https://app.example' }),
      );
      expect(ingest.status).toBe(201);
      expect((await apiOf(open).post(revoke, {}, from({ origin: open.url }))).status).toBe(200);
      expect((await apiOf(open).get('/api/v1/keys', from({}))).status).toBe(200);
    } finally {
      await open.stop();
    }
  });
});

describe('a stop', () => {
  it('does not wait for connections that never sent a whole request', async () => {
    const stopping = await startServer({ env: { SHUTDOWN_TIMEOUT_SECONDS: '300' } });
    const headers = { 'x-api-key': stopping.key, 'content-type': 'application/json', 'content-length': 1000 };
    const waiting: RawClient[] = [];
    for (const bytes of ['', 'GET /liveness HTTP/1.1\r\nHos', head('POST', '/api/v1/ingest', headers)]) {
      const client = await RawClient.connect(stopping);
      clients.push(client);
      waiting.push(client);
      if (bytes !== '') client.write(bytes);
    }
    expect(await stopping.stop()).toBe(0);
    await until(() => waiting.every(({ closed }) => closed));
  });
});
