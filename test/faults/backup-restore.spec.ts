import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { apiOf } from '../support/api.js';
import { createDatabase } from '../support/database.js';
import { startClients } from '../support/ledger-clients.js';
import { answersOf, countsOf, fill, resendAll } from '../support/restored.js';
import { startServer } from '../support/server.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
const PG_DUMP = process.env.PG_DUMP ?? 'pg_dump';
const PG_RESTORE = path.join(path.dirname(PG_DUMP), 'pg_restore');

// The commands are those of docs/backup.md.
it('pg_dump under load and pg_restore lose nothing that was there, and nothing is doubled when clients send all again', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-dump-'));
  const dump = path.join(folder, 'sightline.dump');
  const [original, restored] = await Promise.all(
    [1, 2].map(() => createDatabase(process.env.TEST_POSTGRES15_URL)),
  );
  const first = await startServer({ env: { DATABASE_URL: original.url } });
  const filled = await fill(first);
  const before = await answersOf(first, filled);
  const clients = startClients(() => first.url, first.key, 4);
  await until(() => clients.ledger.acknowledged.size > 200);
  await run(PG_DUMP, ['--format=custom', '--no-owner', '--no-privileges', '--file', dump, original.url]);
  const dumpedAt = clients.ledger.acknowledged.size;
  await until(() => clients.ledger.acknowledged.size > dumpedAt + 200);
  await clients.stop();
  await first.stop();

  await run(PG_RESTORE, ['--no-owner', '--no-privileges', '--exit-on-error', '--dbname', restored.url, dump]);
  const atRestore = await countsOf(restored.url);
  const second = await startServer({ env: { DATABASE_URL: restored.url } });
  expect(await answersOf(second, filled)).toEqual(before);
  expect((await apiOf({ ...second, key: filled.key }).get('/api/v1/logs/recent')).status).toBe(200);
  expect((await apiOf({ ...second, key: filled.revokedKey }).get('/api/v1/logs/recent')).status).toBe(401);
  const missing = await resendAll(second, clients);
  expect(await resendAll(second, clients)).toBe(0);
  const complete = await countsOf(restored.url);
  await second.stop();
  await Promise.all([original.drop(), restored.drop()]);
  rmSync(folder, { recursive: true });

  expect(clients.ledger.unexpected).toEqual([]);
  expect(missing).toBeGreaterThanOrEqual(200);
  for (const { rows, events, counted, addresses, known } of [atRestore, complete]) {
    expect([events, counted, known]).toEqual([rows, rows, addresses]);
  }
  expect(complete.rows).toBe(atRestore.rows + missing);
  expect(complete.rows).toBe(500 + clients.ledger.acknowledged.size);
});
