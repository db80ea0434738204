import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewKeyView } from '../../src/auth/key.dto.js';
import { anEvent } from '../support/api.js';
import { leftOf } from '../support/near.js';
import { startServer, type TestServer } from '../support/server.js';

const BURST = 10;
const HOUR_S = 3600;

let server: TestServer;

beforeAll(async () => {
  const env = {
    RATE_LIMIT_BURST: String(BURST),
    RATE_LIMIT_REQUESTS_PER_MINUTE: '0.1',
    TRUSTED_PROXIES: '127.0.0.1',
  };
  server = await startServer({ env });
});

afterAll(() => server.stop());

const recent = (key: string | null, address: string, path = '/api/v1/logs/recent') =>
  fetch(`${server.url}${path}`, {
    headers: { 'x-forwarded-for': address, ...(key !== null && { 'x-api-key': key }) },
  });

async function createKey(fields: object, address: string): Promise<string> {
  const answer = await fetch(`${server.url}/api/v1/keys`, {
    method: 'POST',
    headers: { 'x-api-key': server.key, 'x-forwarded-for': address, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'limited', scopes: ['query'], ...fields }),
  });
  return ((await answer.json()) as { data: NewKeyView }).data.key;
}

const limits = ({ headers }: Response) =>
  ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`x-ratelimit-${name}`)));

describe('the rate limit', () => {
  it('counts down, then answers 429 with when to come back', async () => {
    const answers: Response[] = [];
    const startedMs = performance.now();
    for (let i = 0; i <= BURST; i++) answers.push(await recent(server.key, '198.51.100.1'));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(BURST).fill(200), 429]);
    expect(answers.map(limits)).toEqual(
      answers.map((_, i) => [
        BURST,
        Math.max(0, BURST - 1 - i),
        leftOf(Math.min(BURST, i + 1) * 600, startedMs),
      ]),
    );
    const last = answers[BURST];
    expect(Number(last.headers.get('retry-after'))).toEqual(leftOf(600, startedMs));
    expect(await last.json()).toMatchObject({ error: 'rate_limit_exceeded', retryable: true, details: [] });
  });

  it('is that of a key and an address: IPv6 by its /64', async () => {
    const statuses = async (address: string, n: number) =>
      (await Promise.all(Array.from({ length: n }, () => recent(server.key, address)))).filter(
        ({ status }) => status === 200,
      ).length;
    expect(await statuses('198.51.100.2', BURST + 5)).toBe(BURST);
    expect(await statuses('198.51.100.3', 1)).toBe(1);
    expect(await statuses('2001:db8:1:1::1', BURST)).toBe(BURST);
    expect(await statuses('2001:db8:1:1:ffff::2', 3)).toBe(0);
    expect(await statuses('2001:db8:1:2::1', 1)).toBe(1);
    const other = await createKey({}, '198.51.100.4');
    expect((await recent(other, '198.51.100.2')).status).toBe(200);
  });

  it.each([
    ['ports', (n: number) => `198.51.100.20:${4000 + n}`],
    ['brackets', (n: number) => `[2001:db8:2:1::${n}]:443`],
    ['zones', (n: number) => `fe80::9%eth${n}`],
    ['quotes', (n: number) => `"[2001:db8:2:2::${n}]:${4000 + n}"`],
    ['what is no address in front', (n: number) => `client-${n}, 198.51.100.21`],
    ['what is no address', (n: number) => `client-${n}`],
  ])('is not evaded by %s in X-Forwarded-For', async (_what, address) => {
    const answers = await Promise.all(
      Array.from({ length: BURST + 2 }, (_, n) => recent(server.key, address(n))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(BURST);
  });

  it("is the key's own where it has one, and is over when it said", async () => {
    const key = await createKey({ rate_limit_per_minute: 60 }, '198.51.100.5');
    const answers = [];
    for (let i = 0; i < BURST; i++) answers.push(await recent(key, '198.51.100.5'));
    expect(limits(answers[0])).toEqual([BURST, BURST - 1, 1]);
    let refused = await recent(key, '198.51.100.5');
    while (refused.status !== 429) refused = await recent(key, '198.51.100.5');
    await delay(Number(refused.headers.get('retry-after')) * 1000);
    expect((await recent(key, '198.51.100.5')).status).toBe(200);
    const slow = await createKey({ rate_limit_per_minute: 1 / 60 }, '198.51.100.5');
    expect(limits(await recent(slow, '198.51.100.5'))).toEqual([1, 0, HOUR_S]);
  });

  it('is one for all routes, whether they take a body or not', async () => {
    const address = '198.51.100.9';
    const send = (n: number) =>
      fetch(`${server.url}/api/v1/ingest`, {
        method: 'POST',
        headers: { 'x-api-key': server.key, 'x-forwarded-for': address, 'content-type': 'application/json' },
        body: JSON.stringify(anEvent({ event_id: `limited-${n}` })),
      });
    for (let n = 0; n < BURST; n += 2) {
      const [sent, asked] = [await send(n), await recent(server.key, address)];
      expect([sent.status, asked.status]).toEqual([201, 200]);
      expect([limits(sent)[1], limits(asked)[1]]).toEqual([BURST - n - 1, BURST - n - 2]);
    }
    expect([(await send(BURST)).status, (await recent(server.key, address)).status]).toEqual([429, 429]);
  });

  it('holds by address for what needs no key, and apart from it for refused keys; not for the probes', async () => {
    const ask = async (path?: string) => (await recent(null, '198.51.100.6', path)).status;
    for (let i = 0; i < BURST; i++) expect([await ask('/health'), await ask()]).toEqual([200, 401]);
    expect([await ask('/health'), await ask('/no-such-address'), await ask()]).toEqual([429, 429, 429]);
    for (let i = 0; i < BURST * 2; i++) expect(await ask('/liveness')).toBe(200);
    expect((await recent(null, '198.51.100.7', '/health')).headers.has('x-ratelimit-limit')).toBe(false);
  });

  it('holds what it refuses for a while: whoever asks again at once would have a core for himself', async () => {
    for (let i = 0; i < BURST; i++) await recent(server.key, '198.51.100.8');
    const startedMs = performance.now();
    for (let i = 0; i < 4; i++) expect((await recent(server.key, '198.51.100.8')).status).toBe(429);
    expect(performance.now() - startedMs).toBeGreaterThan(900);
  });

  it('counts what it refused', async () => {
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/\nrate_limited_total [1-9]\d*\n/);
  });
});

describe('RATE_LIMIT_REQUESTS_PER_MINUTE=0', () => {
  it('is no limit, but for keys with one of their own and for wrong keys', async () => {
    const free = await startServer({ env: { RATE_LIMIT_BURST: '5', RATE_LIMIT_REQUESTS_PER_MINUTE: '0' } });
    const ask = (key: string, path = '/api/v1/logs/recent') =>
      fetch(free.url + path, { headers: { 'x-api-key': key } });
    const statuses = async (key: string, path?: string) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(key, path)));
      return [...new Set(answers.map(({ status }) => status))].sort();
    };
    try {
      expect(await statuses(free.key)).toEqual([200]);
      expect((await ask(free.key)).headers.has('x-ratelimit-limit')).toBe(false);
      for (const path of ['/openapi.json', '/nothing'])
        expect(await statuses(free.key, path)).toHaveLength(1);
      const { data } = (await (
        await fetch(`${free.url}/api/v1/keys`, {
          method: 'POST',
          headers: { 'x-api-key': free.key, 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'own', scopes: ['query'], rate_limit_per_minute: 0.1 }),
        })
      ).json()) as { data: NewKeyView };
      expect(await statuses(data.key)).toEqual([200, 429]);
      expect(await statuses('a wrong key')).toEqual([401, 429]);
    } finally {
      await free.stop();
    }
  });
});
