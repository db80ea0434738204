import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiOf } from '../support/api.js';
import { sightline } from '../support/command.js';
import { startClients, type Clients } from '../support/ledger-clients.js';
import { answersOf, countsOf, fill, resendAll, type Counted, type Filled } from '../support/restored.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let parent: string;
const inParent = (name: string) => path.join(parent, name);

beforeAll(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'sightline-backup-'));
  // For root the database runs as another user, who writes the backup.
  chmodSync(parent, 0o777);
});

afterAll(() => rmSync(parent, { recursive: true }));

const start = (dataDir: string): Promise<TestServer> =>
  startServer({ env: { DATA_DIR: dataDir, DATABASE_URL: '', API_KEYS: '' } }).then((server) => ({
    ...server,
    key: readFileSync(path.join(dataDir, 'api-key'), 'utf8').trim(),
  }));

const countsIn = (dataDir: string): Promise<Counted> => {
  const { url } = JSON.parse(readFileSync(path.join(dataDir, 'connection.json'), 'utf8')) as { url: string };
  return countsOf(url);
};

/** As docs/backup.md says. */
function restore(backup: string, dataDir: string): void {
  mkdirSync(path.join(dataDir, 'postgres'), { recursive: true });
  chmodSync(dataDir, 0o755);
  execFileSync('tar', [
    '-xzf',
    path.join(backup, 'postgres/base.tar.gz'),
    '-C',
    path.join(dataDir, 'postgres'),
  ]);
  const { uid, gid } = statSync(path.join(backup, 'postgres'));
  chownSync(path.join(dataDir, 'postgres'), uid, gid);
  chmodSync(path.join(dataDir, 'postgres'), 0o700);
  copyFileSync(path.join(backup, 'api-key'), path.join(dataDir, 'api-key'));
}

/** What a restored server must do. Gives how many events came after the backup. */
async function check(
  dataDir: string,
  filled: Filled,
  before: Map<string, unknown>,
  clients: Clients,
): Promise<number> {
  const server = await start(dataDir);
  const atRestore = await countsIn(dataDir);
  expect(await answersOf(server, filled)).toEqual(before);
  expect((await apiOf({ ...server, key: filled.key }).get('/api/v1/logs/recent')).status).toBe(200);
  expect((await apiOf({ ...server, key: filled.revokedKey }).get('/api/v1/logs/recent')).status).toBe(401);
  const missing = await resendAll(server, clients);
  const complete = await countsIn(dataDir);
  expect(await server.stop()).toBe(0);
  for (const { rows, events, counted, addresses, known } of [atRestore, complete]) {
    expect([events, counted, known]).toEqual([rows, rows, addresses]);
  }
  expect(complete.rows).toBe(atRestore.rows + missing);
  expect(complete.rows).toBe(500 + clients.ledger.acknowledged.size);
  return missing;
}

it('restores `sightline backup` taken under load, and a copy of DATA_DIR, to the same numbers, with nothing doubled', async () => {
  const server = await start(inParent('data'));
  const filled = await fill(server);
  const before = await answersOf(server, filled);
  const clients = startClients(() => server.url, server.key, 4);
  await until(() => clients.ledger.acknowledged.size > 200);
  const { code, stderr } = await sightline(['backup', inParent('backup')], { DATA_DIR: inParent('data') })
    .done;
  expect([code, stderr]).toEqual([0, '']);
  const backedUpAt = clients.ledger.acknowledged.size;
  await until(() => clients.ledger.acknowledged.size > backedUpAt + 200);
  await clients.stop();
  expect(clients.ledger.unexpected).toEqual([]);
  expect(await server.stop()).toBe(0);
  execFileSync('cp', ['-a', inParent('data'), inParent('copy')]);

  expect(await check(inParent('copy'), filled, before, clients)).toBe(0);
  restore(inParent('backup'), inParent('restored'));
  expect(await check(inParent('restored'), filled, before, clients)).toBeGreaterThanOrEqual(200);
});

it('writes no backup over another, and none where there is no folder for it', async () => {
  mkdirSync(inParent('taken'));
  const attempts = await Promise.all(
    [inParent('taken'), inParent('none/here')].map(
      (dir) => sightline(['backup', dir], { DATA_DIR: inParent('copy') }).done,
    ),
  );
  expect(attempts.map(({ code }) => code)).toEqual([1, 1]);
  expect(attempts[0].stderr).toMatch(/taken already exists: a backup needs a new folder\n$/);
  expect(attempts[1].stderr).toMatch(/none does not exist\n$/);
});

it('leaves a database of ones own to its own tools', async () => {
  const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  const { code, stderr } = await sightline(['backup', inParent('other')], env).done;
  expect([code, stderr]).toEqual([1, expect.stringContaining('pg_dump')]);
});
