import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { attachEmbeddedPostgres } from '../../src/storage/embedded/embedded-postgres.js';
import { keepAliveClients, type Outcome } from '../support/keep-alive-clients.js';
import { holderOf } from '../support/pid-files.js';
import { freePort, PROGRAM_ENV } from '../support/server.js';
import { until } from '../support/until.js';

const KEY = 'test-key-0123456789abcdef0123456789abcdef';

/** Of all tests: whoever comes next finds it as it was left. */
let dataDir: string;
let started: ChildProcess[] = [];

beforeAll(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'sightline-group-'));
  // For root the database runs as another user.
  chmodSync(dataDir, 0o755);
});

afterEach(async () => {
  for (const { pid } of started) signalGroup(pid!, 'SIGKILL');
  started = [];
  await until(() => leftovers().length === 0);
});

afterAll(() => rmSync(dataDir, { recursive: true }));

interface Started {
  url: string;
  key: string;
  npm: ChildProcess;
  /** Resolves with npm's exit code, or the signal that ended it. */
  ended: Promise<number | string | null>;
  /** The server's own. */
  pid: number;
}

/** `npm start`, in a process group of its own: what a terminal signals. */
async function npmStart(settings: Record<string, string> = {}): Promise<Started> {
  const port = await freePort();
  const env = {
    ...process.env,
    ...PROGRAM_ENV,
    DATA_DIR: dataDir,
    API_KEYS: `test:default:ingest+query+admin=${KEY}`,
    SERVER_HOST: '127.0.0.1',
    RATE_LIMIT_BURST: '1000000',
    ...settings,
  };
  const npm = spawn('npm', ['start', '--', '--port', String(port)], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  started.push(npm);
  for (const stream of [npm.stdout, npm.stderr]) stream.resume();
  const ended = new Promise<number | string | null>((resolve) =>
    npm.once('exit', (code, signal) => resolve(signal ?? code)),
  );
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/readiness`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(isReady);
  return { url, key: KEY, npm, ended, pid: holderOf(dataDir)! };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Processes that were started for DATA_DIR: a postmaster, and who watches it. */
function leftovers(): string[] {
  const { stdout } = spawnSync('pgrep', ['-f', dataDir], { encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Of what was answered, all was stored, and all that the server took was answered. */
async function expectNothingCut(outcomes: readonly Outcome[]): Promise<void> {
  const answered = outcomes.filter(({ refused }) => !refused);
  expect(answered.filter(({ result }) => result !== 201)).toEqual([]);
  await expectStored(answered);
}

async function expectStored(acknowledged: readonly Outcome[]): Promise<void> {
  const { url, stop } = await attachEmbeddedPostgres(dataDir);
  const database = new pg.Client(url);
  await database.connect();
  const { rows } = await database.query<{ event_id: string }>('select event_id from events');
  await database.end();
  await stop();
  const stored = new Set(rows.map(({ event_id }) => event_id));
  expect(acknowledged.filter(({ eventId }) => !stored.has(eventId))).toEqual([]);
}

/** Load or none, as the clients that a server has. */
async function clientsOf(server: Started, count: number) {
  const clients = keepAliveClients(server, count);
  await until(() => clients.outcomes.length >= count * 20);
  return clients;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const CLIENTS = [0, 16];
const CASES = SIGNALS.flatMap((signal) => CLIENTS.map((clients) => ({ signal, clients })));

it.each(CASES)(
  'npm start ends by $signal to its whole group, with $clients clients: nothing is cut, no database is left',
  async ({ signal, clients: count }) => {
    const server = await npmStart();
    const clients = await clientsOf(server, count);
    // A terminal that is closed takes no more lines.
    if (signal === 'SIGHUP') for (const stream of [server.npm.stdout!, server.npm.stderr!]) stream.destroy();
    signalGroup(server.npm.pid!, signal);
    await clients.done;
    // npm does not know of SIGHUP, and is gone before its server.
    expect(await server.ended).toBe(signal === 'SIGHUP' ? 'SIGHUP' : 0);
    await until(() => holderOf(dataDir) === undefined && leftovers().length === 0);
    await expectNothingCut(clients.outcomes);
  },
);

it.each(CLIENTS)('kill -9 of Node alone, with %i clients, ends its database too', async (count) => {
  const server = await npmStart();
  const clients = await clientsOf(server, count);
  process.kill(server.pid, 'SIGKILL');
  await until(() => leftovers().length === 0);
  await clients.done;
  await expectStored(clients.outcomes.filter(({ result }) => result === 201));
});

it('a group of several server processes ends by one signal alike', async () => {
  const server = await npmStart({ WORKERS: '2' });
  const clients = await clientsOf(server, 16);
  signalGroup(server.npm.pid!, 'SIGINT');
  await clients.done;
  expect(await server.ended).toBe(0);
  await until(() => holderOf(dataDir) === undefined && leftovers().length === 0);
  await expectNothingCut(clients.outcomes);
});

it('a signal that comes again later ends the server at once, and its database soon after', async () => {
  const server = await npmStart({ SHUTDOWN_DELAY_SECONDS: '600', SHUTDOWN_TIMEOUT_SECONDS: '3600' });
  const again = setInterval(() => signalGroup(server.npm.pid!, 'SIGTERM'), 200);
  expect(await server.ended).toBe(143);
  clearInterval(again);
  await until(() => leftovers().length === 0);
});
