import { randomUUID } from 'node:crypto';
import { Counter, Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryCache } from '../../src/cache/memory-cache.js';
import { RedisCache } from '../../src/cache/redis-cache.js';
import { RedisConnection } from '../../src/cache/redis-connection.js';
import type { Cache } from '../../src/core/ports/cache.js';
import { freePort } from '../support/server.js';
import { silentServer, type SilentServer } from '../support/silent-server.js';
import { TestClock } from '../support/test-clock.js';
import { SOON_MS, until } from '../support/until.js';

let clock: TestClock;
let requests: Counter<'result'>;
let scope: string;
let connections: RedisConnection[];

beforeEach(() => {
  clock = new TestClock();
  requests = new Counter({
    name: 'cache_requests_total',
    help: '-',
    labelNames: ['result'],
    registers: [new Registry()],
  });
  scope = randomUUID();
  connections = [];
});

afterEach(() => Promise.all(connections.map((connection) => connection.close())));

async function redisCache(url = process.env.TEST_REDIS_URL ?? ''): Promise<RedisCache> {
  const connection = new RedisConnection(url);
  connections.push(connection);
  await connection.connect();
  // on a machine that is busy the first answer may have come too late for it
  if (url === process.env.TEST_REDIS_URL) await until(() => connection.up);
  return new RedisCache(connection, clock, requests);
}

async function counted(result: string): Promise<number> {
  const { values } = await requests.get();
  return values.find(({ labels }) => labels.result === result)?.value ?? 0;
}

const memoryCache = () => Promise.resolve(new MemoryCache(clock, requests));

const implementations: [string, () => Promise<Cache>][] = [['memory', memoryCache]];
if (process.env.TEST_REDIS_URL) implementations.push(['Redis', redisCache]);

describe.each(implementations)('Cache in %s', (_, make) => {
  let cache: Cache;
  let computed: number;
  const compute = () => Promise.resolve(String((computed += 1)));
  const ask = (key = 'k', ttlMs = 10_000, fresh = false) =>
    cache.getOrCompute(scope, key, ttlMs, compute, fresh);

  beforeEach(async () => {
    cache = await make();
    computed = 0;
  });

  it('computes once and tells how old the answer is', async () => {
    expect(await ask()).toEqual({ json: '1', hit: false, ageS: 0 });
    clock.advance(3_700);
    expect(await ask()).toEqual({ json: '1', hit: true, ageS: 3 });
    expect([await counted('miss'), await counted('hit')]).toEqual([1, 1]);
  });

  it('gives what was computed to the letter', async () => {
    const text = '{"a": "é \\" 1 2",\n"b":[1e400]}';
    for (const hit of [false, true]) {
      const cached = await cache.getOrCompute(scope, 'k', 10_000, () => Promise.resolve(text));
      expect(cached).toMatchObject({ json: text, hit });
    }
  });

  it('computes again when the answer is too old', async () => {
    await ask();
    clock.advance(10_000);
    expect(await ask()).toMatchObject({ json: '2', hit: false });
  });

  it('gives out what is too large to be kept', async () => {
    const asked = (most: number) => cache.getOrCompute(scope, 'k', 10_000, compute, false, most);
    expect(await asked(0)).toMatchObject({ json: '1', hit: false });
    expect(await asked(1)).toMatchObject({ json: '2', hit: false });
    expect(await asked(1)).toMatchObject({ json: '2', hit: true });
  });

  it('keeps nothing without a time to live', async () => {
    await ask('k', 0);
    expect(await ask('k', 0)).toMatchObject({ json: '2', hit: false });
  });

  it('skips what is kept when asked to, and keeps the new answer', async () => {
    await ask();
    expect(await ask('k', 10_000, true)).toMatchObject({ json: '2', hit: false });
    expect(await ask()).toMatchObject({ json: '2', hit: true });
  });

  it('has one computation of a key in flight', async () => {
    const answers = await Promise.all([ask(), ask(), ask(), ask('other')]);
    expect(answers.map(({ json }) => json).sort()).toEqual(['1', '1', '1', '2']);
  });

  it('forgets a scope that changed, and no other', async () => {
    const other = randomUUID();
    await ask();
    await cache.getOrCompute(other, 'k', 10_000, compute);
    await cache.invalidate([scope]);
    expect(await ask()).toMatchObject({ json: '3', hit: false });
    expect(await cache.getOrCompute(other, 'k', 10_000, compute)).toMatchObject({
      json: '2',
      hit: true,
    });
  });

  it('does not give out what was being computed when its scope changed', async () => {
    let finish: (json: string) => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      void cache.getOrCompute(scope, 'k', 10_000, () => {
        resolve();
        return new Promise<string>((done) => (finish = done));
      });
    });
    await begun;
    await cache.invalidate([scope]);
    const later = ask();
    finish('-1');
    expect(await later).toMatchObject({ json: '1', hit: false });
    expect(await ask()).toMatchObject({ json: '1', hit: true });
  });

  it('keeps nothing of a computation that failed', async () => {
    const failing = () => Promise.reject(new Error('no'));
    await expect(cache.getOrCompute(scope, 'k', 10_000, failing)).rejects.toThrow('no');
    expect(await ask()).toMatchObject({ json: '1', hit: false });
  });
});

const withRedis = process.env.TEST_REDIS_URL ? describe : describe.skip;

withRedis('Cache that processes share', () => {
  const answer = (n: number) => () => Promise.resolve(String(n));

  it('gives one process what another computed, until any of them changes the scope', async () => {
    const [one, two] = [await redisCache(), await redisCache()];
    await one.getOrCompute(scope, 'k', 10_000, answer(1));
    expect(await two.getOrCompute(scope, 'k', 10_000, answer(2))).toMatchObject({
      json: '1',
      hit: true,
    });
    await two.invalidate([scope]);
    expect(await one.getOrCompute(scope, 'k', 10_000, answer(3))).toMatchObject({
      json: '3',
      hit: false,
    });
    expect(one.state()).toBe('up');
  });

  it('gives out nothing old after Redis forgot what changed', async () => {
    const cache = await redisCache();
    await cache.getOrCompute(scope, 'k', 10_000, answer(1));
    await connections[0].client.del(`sightline:cache:{${scope}}:generation`);
    expect(await cache.getOrCompute(scope, 'k', 10_000, answer(2))).toMatchObject({
      json: '2',
      hit: false,
    });
  });

  it('gives out nothing old after a change that Redis was not told of', async () => {
    const cache = await redisCache();
    await cache.getOrCompute(scope, 'k', 10_000, answer(1));
    connections[0].client.disconnect();
    await cache.invalidate([scope]);
    await connections[0].connect();
    expect(cache.state()).toBe('up');
    expect(await cache.getOrCompute(scope, 'k', 10_000, answer(2))).toMatchObject({
      json: '2',
      hit: false,
    });
  });
});

describe('Cache while Redis is away', () => {
  let server: SilentServer | undefined;

  afterEach(() => server?.close());

  it('computes at once where nobody listens', async () => {
    const cache = await redisCache(`redis://127.0.0.1:${await freePort()}`);
    expect(cache.state()).toBe('down');
    await cache.invalidate([scope]);
    expect(await cache.getOrCompute(scope, 'k', 10_000, () => Promise.resolve('1'))).toEqual({
      json: '1',
      hit: false,
      ageS: 0,
    });
    expect(await counted('error')).toBe(1);
  });

  it('waits once, and not for long, for a Redis that stopped answering; and goes back to it', async () => {
    server = await silentServer(process.env.TEST_REDIS_URL);
    const cache = await redisCache(server.url);
    if (process.env.TEST_REDIS_URL) await until(() => cache.state() === 'up');
    server.mute();
    const askedAtMs = performance.now();
    for (let i = 0; i < 400; i++)
      await cache.getOrCompute(scope, `k${i}`, 10_000, () => Promise.resolve('1'));
    // a quarter of a second for each would be 100 s
    expect(performance.now() - askedAtMs).toBeLessThan(SOON_MS);
    expect(cache.state()).toBe('down');
    if (!process.env.TEST_REDIS_URL) return;
    server.unmute();
    await until(() => cache.state() === 'up');
  });
});
