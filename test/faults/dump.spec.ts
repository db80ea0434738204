import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiOf } from '../support/api.js';
import { sightline } from '../support/command.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startClients } from '../support/ledger-clients.js';
import { answersOf, countsOf, fill, resendAll } from '../support/restored.js';
import { startServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Any version will do; Debian's is older than the embedded database. */
const PSQL = ['/usr/lib/postgresql/15/bin/psql'].find((file) => existsSync(file)) ?? 'psql';

let folder: string;
let target: TestDatabase;
const at = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'sightline-dump-'));
  // For root the database runs as another user.
  chmodSync(folder, 0o755);
  target = await createDatabase();
});

afterAll(async () => {
  await target.drop();
  rmSync(folder, { recursive: true });
});

const restore = (file: string) =>
  execFileSync(PSQL, ['--no-psqlrc', '--quiet', '--file', file, target.url], {
    encoding: 'utf8',
    stdio: 'pipe',
  });

it('takes the embedded database to another server without a pg_dump, under load, with nothing lost or doubled', async () => {
  const env = { DATA_DIR: at('data'), DATABASE_URL: '', API_KEYS: '' };
  const server = await startServer({ env });
  const embedded = { ...server, key: readFileSync(at('data/api-key'), 'utf8').trim() };
  const filled = await fill(embedded);
  const before = await answersOf(embedded, filled);
  const clients = startClients(() => embedded.url, embedded.key, 4);
  await until(() => clients.ledger.acknowledged.size > 200);
  const { code, stderr } = await sightline(['dump', at('data.sql.gz')], { DATA_DIR: at('data') }).done;
  expect([code, stderr]).toEqual([0, '']);
  expect(statSync(at('data.sql.gz')).mode & 0o777).toBe(0o600);
  const dumpedAt = clients.ledger.acknowledged.size;
  await until(() => clients.ledger.acknowledged.size > dumpedAt + 200);
  await clients.stop();
  expect(await server.stop()).toBe(0);

  const sql = gunzipSync(readFileSync(at('data.sql.gz')));
  writeFileSync(at('data.sql'), sql);
  expect(() => restore(at('data.sql'))).toThrow(/relation "migrations" does not exist/);
  expect((await sightline(['migrate', 'up'], { DATABASE_URL: target.url }).done).code).toBe(0);
  restore(at('data.sql'));
  const moved = await startServer({ env: { DATABASE_URL: target.url, API_KEYS: '' } });
  const there = { ...moved, key: embedded.key };
  expect(await answersOf(there, filled)).toEqual(before);
  expect((await apiOf({ ...there, key: filled.key }).get('/api/v1/logs/recent')).status).toBe(200);
  expect((await apiOf({ ...there, key: filled.revokedKey }).get('/api/v1/logs/recent')).status).toBe(401);
  expect(await resendAll(there, clients)).toBeGreaterThanOrEqual(200);
  const { rows, events, counted, addresses, known } = await countsOf(target.url);
  expect([events, counted, known]).toEqual([rows, rows, addresses]);
  expect(rows).toBe(500 + clients.ledger.acknowledged.size);
  expect(await moved.stop()).toBe(0);
  expect(() => restore(at('data.sql'))).toThrow(/this database is in use/);
});

it('writes over no file, and leaves nothing of a dump that failed', async () => {
  writeFileSync(at('taken.sql'), 'mine');
  const taken = await sightline(['dump', at('taken.sql')], { DATABASE_URL: target.url }).done;
  expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('already exists')]);
  expect(readFileSync(at('taken.sql'), 'utf8')).toBe('mine');
  const empty = await createDatabase();
  const failed = await sightline(['dump', at('failed.sql')], { DATABASE_URL: empty.url }).done;
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('no tables yet')]);
  expect(existsSync(at('failed.sql')) || existsSync(at('failed.sql.partial'))).toBe(false);
  await empty.drop();
});
