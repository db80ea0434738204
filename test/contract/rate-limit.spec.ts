import { randomUUID } from 'node:crypto';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RedisConnection } from '../../src/cache/redis-connection.js';
import { SystemClock } from '../../src/core/ports/clock.js';
import { HOUR_MS } from '../../src/core/time.js';
import { type Hit, MemoryBuckets, RedisBuckets } from '../../src/rate-limit/buckets.js';
import { leftOf } from '../support/near.js';
import { freePort } from '../support/server.js';
import { silentServer, type SilentServer } from '../support/silent-server.js';
import { TestClock } from '../support/test-clock.js';
import { SOON_MS, until } from '../support/until.js';

let connections: RedisConnection[];
let key: string;

beforeEach(() => {
  connections = [];
  key = randomUUID();
});

afterEach(() => Promise.all(connections.map((connection) => connection.close())));

async function redisBuckets(url = process.env.TEST_REDIS_URL ?? ''): Promise<RedisBuckets> {
  const connection = new RedisConnection(url);
  connections.push(connection);
  await connection.connect();
  // on a machine that is busy the first answer may have come too late for it
  if (url === process.env.TEST_REDIS_URL) await until(() => connection.up);
  return new RedisBuckets(connection, new MemoryBuckets(new SystemClock()));
}

/** One hit on a bucket of `capacity` that fills in `fillMs`. */
function hit(storage: ThrottlerStorage, capacity: number, fillMs: number, of = key): Promise<Hit> {
  return storage.increment(of, fillMs, capacity, 0, 'default');
}

const implementations: [string, () => Promise<ThrottlerStorage>][] = [
  ['memory', () => Promise.resolve(new MemoryBuckets(new SystemClock()))],
];
if (process.env.TEST_REDIS_URL) implementations.push(['Redis', redisBuckets]);

describe.each(implementations)('token buckets in %s', (_, make) => {
  let storage: ThrottlerStorage;

  beforeEach(async () => {
    storage = await make();
  });

  it('hold the burst, and say what is left and how long it takes', async () => {
    const hits = [];
    const startedMs = performance.now();
    for (let i = 0; i < 4; i++) hits.push(await hit(storage, 3, HOUR_MS));
    const left = (seconds: number) => leftOf(seconds, startedMs);
    expect(hits).toEqual([
      { totalHits: 1, timeToExpire: left(1200), isBlocked: false, timeToBlockExpire: 0 },
      { totalHits: 2, timeToExpire: left(2400), isBlocked: false, timeToBlockExpire: 0 },
      { totalHits: 3, timeToExpire: left(3600), isBlocked: false, timeToBlockExpire: 0 },
      { totalHits: 3, timeToExpire: left(3600), isBlocked: true, timeToBlockExpire: left(1200) },
    ]);
  });

  it('let exactly the burst pass of many hits at once', async () => {
    const hits = await Promise.all(Array.from({ length: 200 }, () => hit(storage, 50, HOUR_MS)));
    expect(hits.filter(({ isBlocked }) => !isBlocked).length).toBe(50);
  });

  it('are refilled steadily', async () => {
    const startedMs = performance.now();
    let passed = 0;
    await until(async () => {
      if (!(await hit(storage, 2, 400)).isBlocked) passed++;
      return passed === 5;
    });
    // the first two at once, each further one after 200 ms; clocks tell whole milliseconds
    expect(performance.now() - startedMs).toBeGreaterThan(3 * 200 - 10);
  });

  it('are one for each key', async () => {
    await hit(storage, 1, HOUR_MS);
    expect((await hit(storage, 1, HOUR_MS)).isBlocked).toBe(true);
    expect((await hit(storage, 1, HOUR_MS, randomUUID())).isBlocked).toBe(false);
  });

  it('take a new limit of a key at once', async () => {
    await hit(storage, 100, HOUR_MS);
    expect((await hit(storage, 2, HOUR_MS)).totalHits).toBe(1);
    expect((await hit(storage, 1_000_000_000, 1)).isBlocked).toBe(false);
  });
});

it('memory holds so many buckets and no more', async () => {
  const buckets = new MemoryBuckets(new TestClock(), 2);
  for (const name of ['a', 'b', 'c']) await hit(buckets, 1, HOUR_MS, name);
  expect((await hit(buckets, 1, HOUR_MS, 'c')).isBlocked).toBe(true);
  expect((await hit(buckets, 1, HOUR_MS, 'a')).isBlocked).toBe(false);
});

const withRedis = process.env.TEST_REDIS_URL ? describe : describe.skip;

withRedis('token buckets that processes share', () => {
  it('count the hits of all', async () => {
    const storages = [await redisBuckets(), await redisBuckets(), await redisBuckets()];
    const hits = await Promise.all(Array.from({ length: 90 }, (_, i) => hit(storages[i % 3], 20, HOUR_MS)));
    expect(hits.filter(({ isBlocked }) => !isBlocked).length).toBe(20);
  });

  it('are gone from Redis when they are full', async () => {
    const storage = await redisBuckets();
    await hit(storage, 10, 1_000);
    const { client } = connections[0];
    expect(await client.pttl(`sightline:limit:${key}`)).toBeLessThanOrEqual(100);
    await until(async () => (await client.exists(`sightline:limit:${key}`)) === 0);
  });

  it('are counted on after Redis forgot its scripts', async () => {
    const storage = await redisBuckets();
    await hit(storage, 2, HOUR_MS);
    await connections[0].client.script('FLUSH');
    expect((await hit(storage, 2, HOUR_MS)).totalHits).toBe(2);
  });
});

describe('token buckets while Redis is away', () => {
  let server: SilentServer | undefined;

  afterEach(() => server?.close());

  it('are kept by the process at once where nobody listens', async () => {
    const storage = await redisBuckets(`redis://127.0.0.1:${await freePort()}`);
    expect((await hit(storage, 1, HOUR_MS)).isBlocked).toBe(false);
    expect((await hit(storage, 1, HOUR_MS)).isBlocked).toBe(true);
  });

  withRedis('and comes back', () => {
    it('wait once for an answer, then count by themselves, then share again', async () => {
      server = await silentServer(process.env.TEST_REDIS_URL);
      const storage = await redisBuckets(server.url);
      await until(() => connections[0].up);
      await hit(storage, 1_000, HOUR_MS);
      server.mute();
      const askedAtMs = performance.now();
      for (let i = 0; i < 400; i++) expect((await hit(storage, 1_000, HOUR_MS)).isBlocked).toBe(false);
      // a quarter of a second for each would be 100 s
      expect(performance.now() - askedAtMs).toBeLessThan(SOON_MS);
      server.unmute();
      await until(() => connections[0].up);
      expect((await hit(storage, 1_000, HOUR_MS)).totalHits).toBeLessThan(20);
    });
  });
});
