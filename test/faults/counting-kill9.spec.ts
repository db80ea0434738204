import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { attachEmbeddedPostgres } from '../../src/storage/embedded/embedded-postgres.js';
import { apiOf } from '../support/api.js';
import { differencesFromRows, uncounted } from '../support/counts-of-rows.js';
import { compareEntries, startEntryClients, type EntryClients } from '../support/entry-clients.js';
import { compareWithStore, startClients, type Clients } from '../support/ledger-clients.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Of each kind; KILLS=20 for the whole of it. */
const KILLS = Number(process.env.KILLS ?? 3);
const CLIENTS = 6;
/** Acknowledged between two kills. */
const EVENTS_BETWEEN = 300;
/** For starts and recovery, on a machine that is busy. */
const PATIENCE_MS = 60_000;

let dataDir: string;
let env: Record<string, string>;
let server: TestServer;
let clients: Clients;
let entryClients: EntryClients;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sightline-counting-'));
  // For root the database runs as another user.
  chmodSync(dataDir, 0o755);
  // a kill is to find it counting
  env = {
    DATA_DIR: dataDir,
    DATABASE_URL: '',
    PORT: String(await freePort()),
    COUNT_INTERVAL_SECONDS: '0.05',
  };
  server = await startServer({ env });
  clients = startClients(() => server.url, server.key, CLIENTS);
  entryClients = startEntryClients(apiOf(server), CLIENTS);
});

// also where the test failed
afterEach(async () => {
  await Promise.all([clients.stop(), entryClients.stop()]);
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Kills again and again under load, each time a little later, then holds what is counted against the rows. */
async function killUnderLoad(kill: () => Promise<void>): Promise<void> {
  const { ledger } = clients;
  for (let round = 0; round < KILLS; round++) {
    const { size } = ledger.acknowledged;
    await until(() => ledger.acknowledged.size > size + EVENTS_BETWEEN, PATIENCE_MS);
    await delay((round % 10) * 9);
    await kill();
  }
  const { size } = ledger.acknowledged;
  await until(() => ledger.acknowledged.size > size + EVENTS_BETWEEN, PATIENCE_MS);
  await Promise.all([clients.stop(), entryClients.stop()]);
  const { url } = await attachEmbeddedPostgres(dataDir);
  await until(async () => (await uncounted(url)) === 0, PATIENCE_MS);

  expect(ledger.unexpected).toEqual([]);
  expect(entryClients.ledger.unexpected).toEqual([]);
  const { stored, missing, doubled, counted } = await compareWithStore(url, ledger);
  expect([missing, doubled, counted]).toEqual([[], [], stored]);
  expect(compareEntries(await pathsOf(url), entryClients.ledger)).toEqual({ missing: [], notOnce: [] });
  expect(await differencesFromRows(url)).toEqual([]);
  expect((await apiOf(server).get('/api/v1/metrics')).body.data).toMatchObject({ total_logs: stored });
}

async function pathsOf(url: string): Promise<{ path: string; n: number }[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query('select path, count(*)::int as n from access_logs group by path'))
      .rows as never;
  } finally {
    await client.end();
  }
}

it(`counts what is stored, nothing twice, after ${KILLS} times kill -9 of the server`, async () => {
  await killUnderLoad(async () => {
    await server.kill9();
    server = await startServer({ env });
  });
}, 600_000);

it(`counts what is stored, nothing twice, after ${KILLS} times kill -9 of the database`, async () => {
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
  const postmaster = () => (existsSync(pidFile) ? parseInt(readFileSync(pidFile, 'utf8')) : NaN);
  await killUnderLoad(async () => {
    const killed = postmaster();
    // one of its backends, upon which it ends all of them; then itself
    const { url } = await attachEmbeddedPostgres(dataDir);
    const client = new pg.Client(url);
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
       order by state = 'active' desc, xact_start limit 3`,
    );
    for (const { pid } of rows) process.kill(pid, 'SIGKILL');
    process.kill(killed, 'SIGKILL');
    await client.end().catch(() => undefined);
    await until(() => postmaster() > 0 && postmaster() !== killed, PATIENCE_MS);
  });
}, 600_000);
