import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccessReport } from '../../src/cli/generate/report.js';
import { sightline } from '../support/command.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let server: TestServer | undefined;
let database: TestDatabase | undefined;

async function stop(): Promise<void> {
  await server?.kill9();
  await database?.drop();
  server = database = undefined;
}

/** A server on a port and a database that outlive it. */
async function serve(port?: string): Promise<TestServer> {
  database ??= await cloneDatabase();
  const env = { DATABASE_URL: database.url, PORT: port ?? String(await freePort()) };
  return (server = await startServer({ env }));
}

function generate(...args: string[]) {
  const run = sightline(['generate', '--kind=access', '--json', '--key', server!.key, ...args], {
    PORT: new URL(server!.url).port,
  });
  const report = run.done.then(({ code, stdout }) => ({ code, report: JSON.parse(stdout) as AccessReport }));
  return { process: run.process, done: run.done, report };
}

async function query<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
  const client = new pg.Client(database!.url);
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const count = async (condition = 'true') =>
  (await query<{ n: number }>(`select count(*)::int as n from access_logs where ${condition}`))[0].n;

describe('sightline generate --kind access, at a server that stays', () => {
  beforeAll(() => serve());
  afterAll(stop);
  beforeEach(() => query('truncate access_logs'));

  it.each([
    ['json', 200],
    ['array', 1500],
    ['ndjson', 1500],
    ['csv', 1500],
    ['lines', 1500],
  ])('accounts for each entry as %s', async (format, n) => {
    const shares = ['--bad=0.1', '--client-errors=0.2', '--server-errors=0.1', '--seed=11'];
    const options = ['--rps=0', '--batch=100', '--devices=50', `--format=${format}`, `--count=${n}`];
    const { code, report } = await generate(...options, ...shares).report;
    expect(code).toBe(0);
    expect(report).toMatchObject({ made: n, sent: n, closes: true, unacknowledged: 0 });
    expect(report).toMatchObject({ good_rejected: 0, bad_accepted: 0, rejected: report.made_bad });
    expect(report.sent).toBe(report.stored + report.rejected);
    expect(await count()).toBe(report.stored);
    expect((await count('status between 400 and 499')) / report.stored).toBeCloseTo(0.2, 1);
    expect(await count('ip is null or method is null or path is null or latency_ms is null')).toBe(0);
  });
});

describe('sightline generate --kind access', () => {
  afterEach(stop);

  it('stores nothing twice and loses nothing when the server is killed in the middle', async () => {
    await serve();
    const run = generate('--rps=3000', '--batch=20', '--connections=8', '--count=6000', '--bad=0.02');
    for (const rows of [500, 2500]) {
      await until(async () => (await count()) >= rows);
      await server!.kill9();
      await serve(new URL(server!.url).port);
    }
    const { code, report } = await run.report;
    expect(code).toBe(0);
    expect(report).toMatchObject({ made: 6000, closes: true, unacknowledged: 0 });
    expect(report.sent_again).toBeGreaterThan(0);
    expect(await count()).toBe(report.stored);
    expect(report.stored).toBe(6000 - report.made_bad);
  });

  it.each([
    [['--resend=0.1'], '--resend is for events only'],
    [['--client-errors=0.9', '--server-errors=0.2'], '--client-errors and --server-errors are shares'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await sightline(['generate', '--kind=access', ...args]).done;
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
