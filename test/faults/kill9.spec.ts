import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { attachEmbeddedPostgres } from '../../src/storage/embedded/embedded-postgres.js';
import { compareWithStore, startClients } from '../support/ledger-clients.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** KILLS=20 for the whole of it. */
const KILLS = Number(process.env.KILLS ?? 5);

it(`loses and doubles nothing in ${KILLS} times kill -9 under load, on the database that npm start uses`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sightline-kill9-'));
  // For root the database runs as another user.
  chmodSync(dataDir, 0o755);
  const env = { DATA_DIR: dataDir, DATABASE_URL: '', PORT: String(await freePort()) };
  let server: TestServer = await startServer({ env });
  const clients = startClients(() => server.url, server.key, 8);
  for (let kill = 0; kill < KILLS; kill++) {
    const before = clients.ledger.acknowledged.size;
    await until(() => clients.ledger.acknowledged.size >= before + 200);
    await server.kill9();
    server = await startServer({ env });
  }
  await clients.stop();
  const { acknowledged, unexpected } = clients.ledger;

  const { url, stop } = await attachEmbeddedPostgres(dataDir);
  const { stored, missing, doubled, counted } = await compareWithStore(url, clients.ledger);
  await stop();
  expect(await server.stop()).toBe(0);
  rmSync(dataDir, { recursive: true });

  expect(unexpected).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(KILLS * 200);
  expect([missing, doubled]).toEqual([[], []]);
  expect(counted).toBe(stored);
});
