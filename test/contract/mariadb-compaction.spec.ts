import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';
import { until } from '../support/until.js';

const ENTRIES = 30_000;
const never = new AbortController().signal;

let stores: AccessStores;

beforeAll(async () => {
  stores = await openAccessStores();
});

afterAll(() => stores?.close());

/** Ends every other connection to this database, whatever it is at. */
async function killConnections(): Promise<void> {
  const others = await stores.sql<{ id: number }>(
    'select id from information_schema.processlist where db = database() and id <> connection_id()',
  );
  for (const { id } of others) await stores.sql(`kill ${id}`).catch(() => undefined);
}

it('compaction that is killed in its middle again and again counts each entry once', async () => {
  const { store } = stores.process();
  const receivedAt = Date.now() * 1000;
  for (let at = 0; at < ENTRIES; at += 5_000) {
    await store.append(
      Array.from({ length: 5_000 }, (_, i) =>
        newAccessEntry({
          timestamp: receivedAt - (i % 600) * 1_000_000,
          createdAt: receivedAt,
          ip: `10.0.${(at + i) >> 8}.${(at + i) & 255}`,
          path: `/${i % 300}`,
        }),
      ),
    );
  }
  const compact = () => stores.maintenance.compact(receivedAt, 10_000, never);
  let killed = 0;
  for (let round = 0; round < 8; round++) {
    const compacting = compact().catch(() => {
      killed++;
    });
    await delay(round * 40);
    await killConnections();
    await compacting;
  }
  // one that was killed keeps its lock until it has rolled back
  await until(async () => {
    await compact();
    return (await stores.count('access_deltas')) === 0;
  });
  for (const table of ['access_totals', 'access_rollups', 'access_latency']) {
    const tier = table === 'access_totals' ? '' : 'and tier = 1440';
    const all = table === 'access_latency' ? '' : `and dimension = 'all'`;
    const [{ n }] = await stores.sql<{ n: string }>(
      `select sum(n) as n from ${table} where true ${tier} ${all}`,
    );
    expect(Number(n)).toBe(ENTRIES);
  }
  expect(killed).toBeGreaterThan(0);
}, 60_000);
