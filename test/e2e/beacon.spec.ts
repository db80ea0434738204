import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewKeyView } from '../../src/auth/key.dto.js';
import { anEvent, apiOf, type Answer, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';

const PAGE = 'https://shop.example';
const PLAIN = 'text/plain;charset=UTF-8';

let server: TestServer;
let api: Api;
let key: string;

beforeAll(async () => {
  server = await startServer({
    env: { BEACON_ORIGINS: `${PAGE}, https://app.example:8443`, REQUEST_LOG: 'all' },
  });
  api = apiOf(server);
  key = await aKey(['ingest']);
});

afterAll(() => server?.stop());

async function aKey(scopes: string[]): Promise<string> {
  const { body } = await api.post('/api/v1/keys', { name: 'page', scopes });
  return (body.data as NewKeyView).key;
}

/** What `navigator.sendBeacon(url, JSON.stringify(body))` of a page sends. */
function beacon(query: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const all = { origin: PAGE, 'content-type': PLAIN, ...headers };
  return api.post(`/api/v1/beacon${query}`, JSON.stringify(body), { key: null, headers: all });
}

describe('a beacon', () => {
  it('stores an event or a batch, sent as text with the key in the query', async () => {
    const events = [anEvent(), anEvent(), anEvent(), anEvent()];
    for (const [body, stored] of [
      [events[0], 1],
      [{ logs: [events[1], events[2]] }, 2],
      [[events[3], {}], 1],
    ] as const) {
      const answer = await beacon(`?key=${key}`, body);
      expect([answer.status, answer.body.data?.logs_processed]).toEqual([201, stored]);
    }
    for (const { event_id } of events) {
      expect((await api.get(`/api/v1/events/${event_id as string}`)).status).toBe(200);
    }
  });

  it.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['no origin that one can know', { origin: 'null' }],
    ['another port', { origin: `${PAGE}:8443` }],
    ['the origin in a longer one', { origin: `${PAGE}.evil.example` }],
  ])('of %s is refused', async (_what, headers) => {
    const { status, body } = await beacon(`?key=${key}`, anEvent(), headers);
    expect([status, body.error]).toEqual([403, 'forbidden']);
  });

  it('of a key that may do more than ingest is refused', async () => {
    for (const scopes of [['query'], ['ingest', 'query'], ['admin']]) {
      const { status, body } = await beacon(`?key=${await aKey(scopes)}`, anEvent());
      expect([scopes, status, body.error]).toEqual([scopes, 403, 'forbidden']);
    }
    expect((await beacon('', anEvent(), { 'x-api-key': server.key })).status).toBe(201);
  });

  it.each([
    ['none', ''],
    ['an empty one', '?key='],
    ['an unknown one', '?key=nobody'],
    ['two', '?key=KEY&key=KEY'],
    ['one by another name too', '?key=KEY&api_key=KEY'],
  ])('with %s for a key is refused', async (_what, query) => {
    const { status, body } = await beacon(query.replaceAll('KEY', key), anEvent());
    expect([status, body.error]).toEqual([401, 'unauthorized']);
  });

  it('is of one route: elsewhere neither the key in the query nor the text counts', async () => {
    const asked = { key: null, headers: { origin: PAGE } };
    const inQuery = await api.post(`/api/v1/batch-ingest?key=${key}`, { logs: [anEvent()] }, asked);
    expect(inQuery.status).toBe(401);
    const text = await api.post('/api/v1/ingest', anEvent(), { key, headers: { 'content-type': PLAIN } });
    expect(text.status).toBe(415);
  });

  it('is taken from nobody where no origins are listed', async () => {
    const other = await startServer();
    const { status } = await apiOf(other).post('/api/v1/beacon', anEvent(), { headers: { origin: PAGE } });
    await other.stop();
    expect(status).toBe(403);
  });

  it('leaves its key in no line of the log, whatever becomes of it', async () => {
    await beacon(`?key=${key}`, 'no event');
    await beacon(`?key=${key}`, anEvent(), { 'content-type': 'text/html' });
    await beacon(`?key=${key}`, anEvent(), { 'content-encoding': 'zstd' });
    expect(server.logs.some((line) => line.includes('/api/v1/beacon'))).toBe(true);
    expect(server.logs.filter((line) => line.includes(key))).toEqual([]);
    const { body: metrics } = (await api.get('/metrics', { key: null })) as { body: string };
    expect(metrics).not.toContain(key);
  });
});
