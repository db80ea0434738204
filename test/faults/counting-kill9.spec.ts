import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { attachEmbeddedPostgres } from '../../src/storage/embedded/embedded-postgres.js';
import { apiOf } from '../support/api.js';
import { differencesFromRows, uncounted } from '../support/counts-of-rows.js';
import { compareEntries, startEntryClients, type EntryClients } from '../support/entry-clients.js';
import { compareWithStore, startClients, type Clients } from '../support/ledger-clients.js';
import { postmasterOf } from '../support/pid-files.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Of each kind; KILLS=20 for the whole of it. */
const KILLS = Number(process.env.KILLS ?? 3);
const CLIENTS = 6;
/** Acknowledged between two kills. */
const EVENTS_BETWEEN = 300;

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
    // each entry has an address of its own
    ROLLUP_MAX_NAMES: '1000000',
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
    await until(() => ledger.acknowledged.size > size + EVENTS_BETWEEN);
    await delay((round % 10) * 9);
    await kill();
  }
  const { size } = ledger.acknowledged;
  await until(() => ledger.acknowledged.size > size + EVENTS_BETWEEN);
  await Promise.all([clients.stop(), entryClients.stop()]);
  const { url } = await attachEmbeddedPostgres(dataDir);
  await until(async () => (await uncounted(url)) === 0);

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
});

it(`counts what is stored, nothing twice, after ${KILLS} times kill -9 of the database`, async () => {
  let kills = 0;
  await killUnderLoad(async () => {
    // one of its processes that is in a transaction, upon which it ends all of them and recovers; or itself
    const killed = kills++ % 2 === 0 ? await busyBackend() : postmasterOf(dataDir)!;
    process.kill(killed, 'SIGKILL');
    // its file outlives a postmaster
    await until(() => !isRunning(killed) && ![undefined, killed].includes(postmasterOf(dataDir)));
  });
});

/** The process that has been in its transaction for longest: mostly the one that counts. */
async function busyBackend(): Promise<number> {
  const { url } = await attachEmbeddedPostgres(dataDir);
  const client = new pg.Client(url);
  await client.connect();
  let pid: number | undefined;
  await until(async () => {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where backend_type = 'client backend' and xact_start is not null and pid <> pg_backend_pid() order by xact_start limit 1`,
    );
    pid = rows[0]?.pid;
    return pid !== undefined && isRunning(pid);
  });
  await client.end();
  return pid!;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
