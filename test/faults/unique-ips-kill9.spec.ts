import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { canonicalIp } from '../../src/core/addresses/ip-address.js';
import { apiOf } from '../support/api.js';
import { cloneDatabase } from '../support/database.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const CLIENTS = 8;
const BATCHES_EACH = 40;
const BATCH = 250;
/** Addresses are drawn from so many: most are met more than once, by several clients. */
const POOL = 50_000;

/** Of two kinds, and each in one of its spellings. */
function anAddress(): string {
  const n = Math.floor(Math.random() * POOL);
  const ipv4 = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
  if (n % 3 > 0) return Math.random() < 0.1 ? `::ffff:${ipv4}` : ipv4;
  const tail = `${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}`;
  return Math.random() < 0.1 ? `2001:0DB8:0:0:0:0:${tail}` : `2001:db8::${tail}`;
}

it('counts as an exact set does, over eight clients, two workers and a kill -9', async () => {
  const database = await cloneDatabase();
  const port = String(await freePort());
  const start = () => startServer({ env: { DATABASE_URL: database.url, WORKERS: '2', PORT: port } });
  let server: TestServer = await start();
  const seen = new Set<string>();
  let acknowledged = 0;
  const half = Promise.withResolvers<void>();

  // What is not acknowledged is sent again until it is.
  const send = async (body: object[]): Promise<void> => {
    for (;;) {
      const answer = await apiOf(server)
        .post('/logs', body)
        .catch(() => null);
      if (answer?.status === 200) break;
      if (answer) expect(answer.status).toBe(503);
      await delay(20);
    }
    if (++acknowledged === (CLIENTS * BATCHES_EACH) / 2) half.resolve();
  };
  const client = async (): Promise<void> => {
    for (let batch = 0; batch < BATCHES_EACH; batch++) {
      const ips = Array.from({ length: BATCH }, anAddress);
      for (const ip of ips) seen.add(canonicalIp(ip)!);
      await send(ips.map((ip) => ({ ip, path: '/', status: 200 })));
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, client));
  await half.promise;
  await server.kill9();
  server = await start();
  await clients;

  const api = apiOf(server);
  const counts = async () => {
    const [stats, health, metrics] = [
      await api.get('/stats'),
      await api.get('/health'),
      await api.get('/metrics'),
    ];
    const gauge = Number(/^unique_ip_addresses (\d+)$/m.exec(String(metrics.body))?.[1]);
    return [Number(stats.body.unique_ip_addresses), Number(health.body.unique_ip_count), gauge];
  };
  await until(async () => (await counts()).every((count) => count === seen.size));
  await server.kill9();
  server = await start();
  expect(await counts()).toEqual([seen.size, seen.size, seen.size]);
  expect(await server.stop()).toBe(0);
  await database.drop();
});
