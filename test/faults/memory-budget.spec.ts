import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anEvent, apiOf } from '../support/api.js';
import { startClients } from '../support/ledger-clients.js';
import { limitMemory, type MemoryLimit } from '../support/memory-limit.js';
import { residentMb } from '../support/process-memory.js';
import { head, RawClient } from '../support/raw-client.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const MB = 1024 * 1024;
/** What docs/sizing.md says that a container is to have. */
const CONTAINER_MB = 512;
const MINE = 'key-of-who-means-no-good-0123456789';
const STARTER = readFileSync('bin/sightline', 'utf8');
/** The flags that `npm start` gives, and what it tells malloc. */
const FLAGS = /exec "\$node" ((?:--\S+ )+)/.exec(STARTER)![1].trim().split(' ');
const MALLOC = Object.fromEntries(
  [...STARTER.matchAll(/(MALLOC_\w+)="\$\{\w+:-(\d+)\}"/g)].map(([, name, value]) => [name, value]),
);

let limit: MemoryLimit | null;
let server: TestServer;
const attackers: RawClient[] = [];
/** Of the attackers, together. */
const CONNECTIONS = 164;
/** For all of it, on a machine that has other things to do. How fast the others are answered is in `bench/abuse.mjs`. */
const PATIENCE_MS = 120_000;

beforeAll(async () => {
  limit = limitMemory(CONTAINER_MB);
  server = await startServer({
    launcher: limit?.launcher,
    nodeFlags: FLAGS,
    env: {
      API_KEYS: `test:default:ingest+query+admin=test-key-0123456789abcdef0123456789abcdef,bad:bad:ingest+query=${MINE}`,
      ...MALLOC,
      TRUSTED_PROXIES: '127.0.0.1',
    },
  });
});

afterAll(async () => {
  for (const client of attackers) client.close();
  await server?.stop();
  limit?.remove();
});

/** So many connections, each from an address of its own, that send this and read nothing. */
async function unread(
  count: number,
  bytes: (from: Record<string, string>) => string,
  body?: Buffer,
): Promise<void> {
  for (let i = 0; i < count; i++) {
    const client = await RawClient.connect(server);
    attackers.push(client);
    client.stopReading();
    client.write(bytes({ 'x-forwarded-for': `198.51.100.${attackers.length % 250}`, 'x-api-key': MINE }));
    if (body) client.write(body);
  }
}

function largeEvents(count: number, bytes: number): string {
  const text = 'x'.repeat(bytes);
  return JSON.stringify({ logs: Array.from({ length: count }, () => anEvent({ properties: { text } })) });
}

async function attack(isOn: () => boolean): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const stalled = (from: object) =>
    head('POST', '/api/v1/batch-ingest', { ...from, ...json, 'content-length': 10 * MB });
  await unread(24, stalled, Buffer.alloc(10 * MB - 1, 0x20));
  await unread(20, (from) => head('GET', '/api/v1/logs/recent?limit=1000', from));
  await unread(20, (from) => head('GET', '/api/v1/logs/export', from));
  await unread(60, (from) => head('GET', '/api/v1/logs/tail', from));
  await unread(20, (from) => head('GET', '/openapi.json', from).repeat(200));
  await unread(20, (from) => head('GET', '/metrics', from).repeat(200));
  const api = apiOf({ url: server.url, key: MINE });
  const send = async (n: number): Promise<void> => {
    while (isOn()) {
      const headers = { 'x-forwarded-for': `203.0.113.${n}` };
      // Refused or cut is what is expected here: the others are what counts.
      await api.post('/api/v1/batch-ingest', largeEvents(1000, 9_000), { headers }).catch(() => undefined);
      await api.get('/api/v1/logs/filter?page_size=1000', { headers }).catch(() => undefined);
    }
  };
  await Promise.all([1, 2, 3, 4].map(send));
}

it('all that may be in memory at once fits into the container, and nobody else notices', async () => {
  const mine = apiOf({ url: server.url, key: MINE });
  for (let i = 0; i < 8; i++) {
    const { status } = await mine.post('/api/v1/batch-ingest', largeEvents(36, 250_000));
    expect(status).toBe(201);
  }
  const others = startClients(() => server.url, server.key, 6);
  let alive = 0;
  let peakMb = 0;
  let isOver = false;
  const watch = async (): Promise<void> => {
    while (!isOver) {
      expect((await apiOf(server).get('/liveness', { key: null })).status).toBe(200);
      alive++;
      peakMb = Math.max(peakMb, residentMb(server.process));
      await delay(20);
    }
  };
  const enough = async (): Promise<void> => {
    const before = others.ledger.acknowledged.size;
    try {
      await until(() => attackers.length === CONNECTIONS && alive >= 100, PATIENCE_MS);
      await until(() => others.ledger.acknowledged.size > before + 2_000, PATIENCE_MS);
    } finally {
      isOver = true;
    }
  };
  try {
    await Promise.all([attack(() => !isOver), watch(), enough()]);
  } finally {
    isOver = true;
    await others.stop();
  }
  process.stderr.write(
    `memory-budget: at most ${Math.round(peakMb)} MB${limit ? '' : ', without a bound'}\n`,
  );
  expect([server.process.exitCode, server.process.signalCode]).toEqual([null, null]);
  expect(others.ledger.unexpected).toEqual([]);
  expect(peakMb).toBeLessThan(CONTAINER_MB);
  await expectStored(others.ledger.acknowledged);
});

async function expectStored(acknowledged: ReadonlySet<string>): Promise<void> {
  const database = new pg.Client(server.databaseUrl);
  await database.connect();
  const { rows } = await database.query<{ event_id: string; n: number }>(
    `select event_id, count(*)::int as n from events e join projects p on p.id = e.project_id
     where p.name = 'default' group by event_id`,
  );
  await database.end();
  const stored = new Map(rows.map(({ event_id, n }) => [event_id, n]));
  expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
  expect([...stored.values()].filter((n) => n !== 1)).toEqual([]);
}
