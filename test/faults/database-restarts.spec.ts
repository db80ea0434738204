import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { PostgresServer } from '../../scripts/services/postgres.mjs';
import { attachEmbeddedPostgres } from '../../src/storage/embedded/embedded-postgres.js';
import { compareWithStore, startClients, type Clients } from '../support/ledger-clients.js';
import { postmasterOf } from '../support/pid-files.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Of each kind; RESTARTS=40 for the whole of it. */
const RESTARTS = Number(process.env.RESTARTS ?? 6);
const CLIENTS = 8;
/** Acknowledged between two restarts. */
const EVENTS_BETWEEN = 100;

let server: TestServer | undefined;
let clients: Clients | undefined;
let cleanUp: () => void = () => undefined;

// also where the test failed
afterEach(async () => {
  await clients?.stop();
  await server?.kill9();
  cleanUp();
});

/** Has the database go down again and again under load; gives how long clients were refused each time. */
async function restartUnderLoad(goDown: (round: number) => Promise<void>): Promise<number[]> {
  const { ledger } = (clients = startClients(() => server!.url, server!.key, CLIENTS));
  const recoveredInMs: number[] = [];
  for (let round = 0; round < RESTARTS; round++) {
    const { size } = ledger.acknowledged;
    await until(() => ledger.acknowledged.size > size + EVENTS_BETWEEN);
    const { refused } = ledger;
    const goneAtMs = performance.now();
    await goDown(round);
    await until(() => ledger.refused > refused);
    const { size: before } = ledger.acknowledged;
    await until(() => ledger.acknowledged.size > before);
    recoveredInMs.push(Math.round(performance.now() - goneAtMs));
  }
  await clients.stop();
  return recoveredInMs.sort((a, b) => a - b);
}

async function expectAllThere(databaseUrl: string): Promise<void> {
  const { ledger } = clients!;
  expect(server!.process.exitCode).toBeNull();
  expect(ledger).toMatchObject({ unexpected: [], unanswered: 0 });
  const { stored, missing, doubled, counted } = await compareWithStore(databaseUrl, ledger);
  expect([missing, doubled, counted]).toEqual([[], [], stored]);
  expect(ledger.acknowledged.size).toBeGreaterThan(RESTARTS * EVENTS_BETWEEN);
}

function report(what: string, recoveredInMs: readonly number[]): void {
  const [median, most] = [recoveredInMs[RESTARTS >> 1], recoveredInMs.at(-1)];
  process.stderr.write(
    `${what}, ${RESTARTS} times: 201 again after ${median} ms (median), ${most} ms (most)\n`,
  );
}

it(`lives through ${RESTARTS} restarts of an external PostgreSQL under load`, async () => {
  const postgres = await PostgresServer.make();
  cleanUp = () => postgres.stop();
  await postgres.start();
  server = await startServer({ env: { DATABASE_URL: postgres.url } });
  // fast is what an operator does, immediate leaves everything to recovery
  const recoveredInMs = await restartUnderLoad((round) => postgres.restart(round % 2 ? 'immediate' : 'fast'));
  report('external PostgreSQL restarted', recoveredInMs);
  await expectAllThere(postgres.url);
  expect(await server.stop()).toBe(0);
});

it(`lives through ${RESTARTS} kills of the embedded PostgreSQL under load`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sightline-restarts-'));
  // For root the database runs as another user.
  chmodSync(dataDir, 0o755);
  cleanUp = () => rmSync(dataDir, { recursive: true });
  server = await startServer({ env: { DATA_DIR: dataDir, DATABASE_URL: '' } });
  const recoveredInMs = await restartUnderLoad(async () => {
    const killed = postmasterOf(dataDir)!;
    process.kill(killed, 'SIGKILL');
    // its backends serve on until they wait for something
    await until(() => ![undefined, killed].includes(postmasterOf(dataDir)));
  });
  report('embedded PostgreSQL killed', recoveredInMs);
  const { url } = await attachEmbeddedPostgres(dataDir);
  await expectAllThere(url);
  expect(await server.stop()).toBe(0);
});
