import {
  chmodSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anEntry, postLogs } from '../support/access-api.js';
import { apiOf } from '../support/api.js';
import { sightline } from '../support/command.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const isRoot = process.getuid?.() === 0;

let parent: string;
let dataDir: string;
let env: Record<string, string>;
let server: TestServer | undefined;
let umask: number;

beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'sightline-modes-'));
  // For root the database runs as another user, who writes the backup.
  chmodSync(parent, 0o777);
  dataDir = path.join(parent, 'data');
  env = {
    DATA_DIR: dataDir,
    DATABASE_URL: '',
    API_KEYS: '',
    AGGREGATION_INTERVAL_SECONDS: '0.1',
    COUNT_INTERVAL_SECONDS: '0.2',
  };
  // What the server is started with may be as open as can be.
  umask = process.umask(0);
});

afterEach(async () => {
  process.umask(umask);
  // Not killed: its database would go on for a moment, and write into what is removed.
  await server?.stop();
  server = undefined;
  rmSync(parent, { recursive: true });
});

const modeOf = (file: string) => statSync(file).mode & 0o777;

/**
 * What of this others than its owner may do something with, but for the programs of PostgreSQL and what
 * passes through. What a running server removes or renames while we look is no longer there to be open.
 */
function openIn(folder: string): string[] {
  const forOthers = (name: string) =>
    (statSync(name, { throwIfNoEntry: false })?.mode ?? 0) & (name === dataDir && isRoot ? 0o066 : 0o077);
  return [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
  ].filter((name) => !name.startsWith(path.join(dataDir, '.postgres-')) && forOthers(name) !== 0);
}

const archived = () => globSync(path.join(dataDir, 'archive/{logs,analytics}/**/*.json'));

async function startWithEntries(): Promise<TestServer> {
  server = await startServer({ env });
  const [key] = server.logs.flatMap((line) => /\bsl_\w+/.exec(line) ?? []);
  expect((await postLogs(apiOf({ ...server, key }), 'application/json', [anEntry()])).status).toBe(200);
  await until(() => archived().length >= 2);
  return server;
}

it('whatever the server and its commands write is its owner’s alone', async () => {
  Object.assign(env, { PROFILE_CAPTURE: '1', PROFILE_DIR: path.join(parent, 'profiles') });
  const running = await startWithEntries();
  expect(openIn(dataDir)).toEqual([]);
  expect(modeOf(dataDir)).toBe(isRoot ? 0o711 : 0o700);

  const [backup, rejects, log] = ['backup', 'rejects', 'access.log'].map((name) => path.join(parent, name));
  writeFileSync(
    log,
    '203.0.113.7 - - [26/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5\n203.0.113.7 no log line\n',
  );
  const commands = [
    ['backup', backup],
    ['import', log, '--format', 'combined', '--rejects', rejects],
  ];
  for (const command of commands) expect(await sightline(command, env).done).toMatchObject({ code: 0 });
  expect(await running.stop()).toBe(0);
  expect([...openIn(dataDir), ...openIn(backup), ...openIn(path.join(parent, 'profiles'))]).toEqual([]);
  expect(modeOf(rejects)).toBe(0o600);
  expect(globSync(path.join(parent, 'profiles/*')).length).toBe(2);
});

describe('what an earlier version has left', () => {
  const own = () => [
    dataDir,
    ...['lock', 'api-key'].map((name) => path.join(dataDir, name)),
    ...globSync(path.join(dataDir, 'archive{,/*,/.*,/**/*}')),
  ];

  it('is closed at the start', async () => {
    await (await startWithEntries()).stop();
    for (const name of own()) chmodSync(name, statSync(name).isDirectory() ? 0o755 : 0o644);
    server = await startServer({ env });
    await until(() => openIn(dataDir).length === 0);
    expect(modeOf(dataDir)).toBe(isRoot ? 0o711 : 0o700);
  });

  it('stays as it is where others keep files too, but for the server’s own', async () => {
    mkdirSync(dataDir, { mode: 0o755 });
    writeFileSync(path.join(dataDir, 'notes'), '');
    await startWithEntries();
    expect(openIn(dataDir)).toEqual(
      isRoot ? [dataDir, path.join(dataDir, 'notes')] : expect.arrayContaining([dataDir]),
    );
    expect(modeOf(dataDir)).toBe(0o755);
  });
});
