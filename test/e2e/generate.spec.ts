import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import type { Report } from '../../src/cli/generate/report.js';
import { sightline, type Command } from '../support/command.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let server: TestServer | undefined;
let database: TestDatabase | undefined;
let runs: Command[] = [];

afterEach(async () => {
  // One whose test failed would wait for its server.
  for (const run of runs) run.process.kill('SIGKILL');
  runs = [];
  await server?.kill9();
  await database?.drop();
  server = database = undefined;
});

/** A server on a port and a database that outlive it. */
async function serve(settings: Record<string, string> = {}): Promise<TestServer> {
  database ??= await cloneDatabase();
  const env = { DATABASE_URL: database.url, PORT: String(await freePort()), ...settings };
  return (server = await startServer({ env }));
}

/** Load for the server, or for the `--target` that is given. */
function generate(...args: string[]): Command {
  const of: Record<string, string> = server ? { PORT: new URL(server.url).port } : {};
  const run = sightline(['generate', '--key', server?.key ?? 'any', ...args], of);
  runs.push(run);
  return run;
}

async function reportOf(run: Command): Promise<{ code: number | null; report: Report }> {
  const { code, stdout } = await run.done;
  return { code, report: JSON.parse(stdout) as Report };
}

async function query<T extends object>(sql: string): Promise<T[]> {
  const client = new pg.Client(database!.url);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function countRows() {
  const sql = 'select count(*)::int as n, count(distinct event_id)::int as ids from events';
  return (await query<{ n: number; ids: number }>(sql))[0];
}

describe('sightline generate', () => {
  it.each([
    ['--batch=100', '--count=3000'],
    ['--batch=1', '--count=600'],
  ])('accounts for each event with %s', async (...args) => {
    await serve();
    const shares = ['--bad=0.05', '--resend=0.05', '--seed=11', '--rps=0'];
    const { code, report } = await reportOf(generate(...args, ...shares, '--json'));
    const { made, stored, duplicate, rejected } = report;
    expect(code).toBe(0);
    expect(report).toMatchObject({ closes: true, unacknowledged: 0, good_rejected: 0, bad_accepted: 0 });
    expect(`--count=${made}`).toBe(args[1]);
    expect(made).toBe(stored + duplicate + rejected);
    expect([rejected, duplicate]).toEqual([report.made_bad, report.made_copies]);
    expect(await countRows()).toEqual({ n: stored, ids: stored });

    const again = await reportOf(generate(...args, ...shares, '--json'));
    expect(again.report).toMatchObject({ made, stored: 0, duplicate: stored + duplicate, rejected });
    expect(await countRows()).toEqual({ n: stored, ids: stored });
  });

  it('loses nothing and stores nothing twice when the server is killed in the middle', async () => {
    await serve();
    const load = [
      '--rps=2000',
      '--batch=20',
      '--connections=8',
      '--count=6000',
      '--resend=0.02',
      '--bad=0.02',
    ];
    const run = generate(...load, '--json');
    for (const rows of [500, 2500]) {
      await until(async () => (await countRows()).n >= rows);
      await server!.kill9();
      await serve({ PORT: new URL(server!.url).port });
    }
    const { code, report } = await reportOf(run);
    expect(code).toBe(0);
    expect(report).toMatchObject({ made: 6000, sent: 6000, closes: true, unacknowledged: 0 });
    expect(report.sent_again).toBeGreaterThan(0);
    expect(await countRows()).toEqual({ n: report.events_held, ids: report.events_held });
    expect(report.events_held).toBe(6000 - report.made_bad - report.made_copies);
  });

  it('waits as long as the server asks it to', async () => {
    await serve({ RATE_LIMIT_BURST: '5', RATE_LIMIT_REQUESTS_PER_MINUTE: '600' });
    const { code, report } = await reportOf(generate('--batch=1', '--rps=0', '--count=15', '--json'));
    expect(code).toBe(0);
    expect(report.failures.rate_limit_exceeded).toBeGreaterThan(0);
    expect(await countRows()).toEqual({ n: 15, ids: 15 });
  });

  it('stops at a signal with all acknowledged', async () => {
    await serve();
    const stopped = generate('--rps=500', '--json');
    await until(async () => (await countRows()).n > 0);
    stopped.process.kill('SIGINT');
    const { code, report } = await reportOf(stopped);
    expect([code, report.closes, report.unacknowledged]).toEqual([0, true, 0]);
    expect((await countRows()).n).toBe(report.made);
  });

  it('gives up at a second signal, and tells what is not acknowledged', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    try {
      await once(silent, 'listening');
      const { port } = silent.address() as AddressInfo;
      const run = generate(`--target=http://127.0.0.1:${port}`, '--rps=0', '--count=50');
      await once(silent, 'connection');
      // A repeat at once is npm's, who passes signals on; later it is a wish.
      const again = setInterval(() => run.process.kill('SIGINT'), 100);
      const { code, stdout, stderr } = await run.done;
      clearInterval(again);
      expect(code).toBe(1);
      expect(stdout).toMatch(/unacknowledged +50\n( {4}[0-9a-f-]{36}\n){5} {4}and 45 more/);
      expect(stderr).toMatch(/sightline: 50 records were not acknowledged\n$/);
    } finally {
      silent.close();
    }
  });

  it('gives up by itself where nobody answers, at its beginning', async () => {
    const target = `http://127.0.0.1:${await freePort()}/`;
    const { code, stdout, stderr } = await generate(`--target=${target}`, '--count=10').done;
    expect(code).toBe(1);
    expect(stdout).toMatch(/unacknowledged +10\n/);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      `sightline: no answer from ${target} (ECONNREFUSED); --target or PORT say where the server is`,
    );
  });

  it('gives up after one signal alone, where the server has gone for good', async () => {
    await serve();
    const run = generate('--rps=500');
    await until(async () => (await countRows()).n > 0);
    await server!.kill9();
    // Killed between two answers, it may owe none: signalled then, the generator has nothing left to wait for.
    const hangingUp = createServer((socket) => socket.destroy());
    hangingUp.listen(Number(new URL(server!.url).port), '127.0.0.1');
    await once(hangingUp, 'connection');
    hangingUp.close();
    run.process.kill('SIGTERM');
    const { code, stderr } = await run.done;
    expect(code).toBe(1);
    // what was stored may not have been answered: then it has never heard of the server
    expect(stderr).toMatch(
      /\nsightline: no answer from http\S+ \(E[A-Z]+\)(; --target or PORT say where .*)?\n$/,
    );
  });

  it('ends at once where no repetition helps', async () => {
    await serve();
    const run = generate('--key=wrong', '--count=10');
    const { code, stdout, stderr } = await run.done;
    expect(code).toBe(1);
    expect(stdout).toMatch(/unacknowledged +10\n/);
    expect(stderr).toMatch(/^sightline: the server answered 401 unauthorized/);
  });
});
