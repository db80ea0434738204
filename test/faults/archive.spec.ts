import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HourSummary } from '../../src/core/access-summary.js';
import { ACCESS } from '../../src/core/counting/kind.js';
import { HOUR_MS } from '../../src/core/time.js';
import { lockRollups } from '../../src/storage/postgres/counting/rollup-lock.js';
import { apiOf } from '../support/api.js';
import { sightline, type Ended } from '../support/command.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const HOURS = 24;
const ENTRIES_AN_HOUR = 300;
const KILLS = 4;

let database: TestDatabase;
let dir: string;
let env: Record<string, string>;
let server: TestServer | undefined;

beforeEach(async () => {
  database = await cloneDatabase();
  dir = path.join(mkdtempSync(path.join(tmpdir(), 'sightline-archive-')), 'archive');
  env = {
    DATABASE_URL: database.url,
    PORT: String(await freePort()),
    ARCHIVE_DIR: dir,
    AGGREGATION_INTERVAL_SECONDS: '0.1',
    COUNT_INTERVAL_SECONDS: '0.2',
  };
});

afterEach(async () => {
  await server?.kill9();
  await database.drop();
  rmSync(path.dirname(dir), { recursive: true, force: true });
});

/** Entries of every hour of yesterday, and one of another project. */
async function fill({ url, key }: TestServer): Promise<void> {
  const midnight = Math.floor(Date.now() / (24 * HOUR_MS)) * 24 * HOUR_MS - 24 * HOUR_MS;
  const entries = Array.from({ length: HOURS * ENTRIES_AN_HOUR }, (_, k) => ({
    timestamp: new Date(midnight + (k * HOUR_MS) / ENTRIES_AN_HOUR).toISOString(),
    ip: `10.0.${k % 200}.1`,
    path: `/page/${k % 50}`,
    status: 200,
    latency_ms: k % 100,
  }));
  const api = apiOf({ url, key });
  await api.post('/api/v1/keys', { name: 'shop', project: 'shop', scopes: ['ingest'] });
  expect((await api.post('/logs', entries)).body).toMatchObject({ accepted: entries.length });
  expect((await api.post('/logs?project=shop', entries.slice(0, 1))).body).toMatchObject({
    status: 'success',
  });
}

// A server that looks for hours at this moment may put a file into a folder that is being removed.
const emptyArchive = () => rmSync(dir, { recursive: true, force: true, maxRetries: 20 });

function files(): string[] {
  if (!existsSync(dir)) return [];
  const all = readdirSync(dir, { recursive: true, withFileTypes: true });
  return all
    .filter((one) => one.isFile())
    .map((one) => path.relative(dir, path.join(one.parentPath, one.name)));
}

/** Has every hour all of its entries, and do they count the same? */
function isWhole(): boolean {
  const names = files();
  const logs = names.filter((name) => /^logs.*\.log\.json$/.test(name));
  const summaries = names.filter((name) => /^analytics.*\/summary_\d\d\.json$/.test(name));
  const lines = logs.map((name) => readFileSync(path.join(dir, name), 'utf8').split('\n').length - 1);
  const totals = summaries.map(
    (name) => (JSON.parse(readFileSync(path.join(dir, name), 'utf8')) as HourSummary).total_requests,
  );
  const wanted = Array<number>(HOURS).fill(ENTRIES_AN_HOUR);
  return (
    JSON.stringify([lines, totals]) === JSON.stringify([wanted, wanted]) &&
    names.filter((name) => /^projects\/shop\/.*\/[^.][^/]*$/.test(name)).length === 2
  );
}

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('\n!!! NOT ROOT: the server with a full archive is NOT TESTED\n\n');

const told = (text: string) => server!.logs.filter((line) => line.includes(text));

/** How often the archive has looked which hours there are. */
async function looks(of: TestServer): Promise<number> {
  const { body } = (await apiOf(of).get('/metrics')) as { body: string };
  const pattern = /database_operation_duration_seconds_count\{operation="hours"\} (\d+)/;
  return Number(pattern.exec(body)?.[1] ?? 0);
}

describe('the archive', () => {
  it('is whole after kill -9 in the middle of it, with nothing left over', async () => {
    server = await startServer({ env });
    await fill(server);
    for (let kill = 0; kill < KILLS; kill++) {
      // Moved out of the way in one step: the server writes into it meanwhile.
      if (existsSync(dir)) renameSync(dir, `${dir}-${kill}`);
      await until(() => files().some((name) => name.endsWith('.tmp')));
      await delay(kill * 7);
      await server.kill9();
      // what is there under its own name is there whole
      const logs = files().filter((name) => /^logs.*[/][^./][^/]*$/.test(name));
      for (const name of logs) {
        expect(readFileSync(path.join(dir, name), 'utf8').split('\n')).toHaveLength(ENTRIES_AN_HOUR + 1);
      }
      server = await startServer({ env });
    }
    await until(isWhole);
    await until(() => !files().some((name) => name.endsWith('.tmp')));
  });

  it('is as current as its interval says, however seldom records are counted', async () => {
    server = await startServer({ env: { ...env, COUNT_INTERVAL_SECONDS: '3600' } });
    const summary = () => files().find((name) => /^analytics.*\/summary_\d\d\.json$/.test(name));
    const counted = () =>
      (JSON.parse(readFileSync(path.join(dir, summary()!), 'utf8')) as HourSummary).total_requests;
    const entry = { timestamp: new Date(Date.now() - 24 * HOUR_MS).toISOString(), ip: '10.1.1.1' };
    // The first may have come before the counting with which a server begins.
    for (const n of [1, 2, 3]) {
      expect((await apiOf(server).post('/logs', entry)).status).toBe(200);
      await until(() => summary() !== undefined && counted() === n);
    }
  });

  it('is rebuilt by the command, beside a server and without one', async () => {
    server = await startServer({ env: { ...env, AGGREGATION_INTERVAL_SECONDS: '3600' } });
    await fill(server);
    emptyArchive();
    const all = await rebuild();
    expect(all).toMatchObject({ code: 0, stdout: `rebuilt ${HOURS + 1} of ${HOURS + 1} hours\n` });
    expect(isWhole()).toBe(true);

    await server.stop();
    server = undefined;
    emptyArchive();
    expect(await rebuild('--project', 'shop')).toMatchObject({ stdout: 'rebuilt 1 of 1 hours\n' });
    const day = new Date(Date.now() - 24 * HOUR_MS).toISOString().slice(0, 10);
    const part = await rebuild('--from', `${day}T02:30:00Z`, '--to', `${day}T05:00:00Z`);
    expect(part).toMatchObject({ stdout: 'rebuilt 3 of 3 hours\n' });
    const logs = files().filter((name) => name.startsWith('logs'));
    expect(logs.sort()).toEqual(['02', '03', '04'].map((hour) => `logs/${day}/${hour}.log.json`));
  });

  it('is rebuilt with all that came before, also while another process counts', async () => {
    server = await startServer({ env: { ...env, AGGREGATION_INTERVAL_SECONDS: '3600' } });
    const other = new pg.Client(database.url);
    await other.connect();
    try {
      await other.query('begin');
      await lockRollups(other, ACCESS);
      await fill(server);
      const known = await other.query<{ pid: number }>('select pid from pg_stat_activity');
      const rebuilding = rebuild();
      // it has looked whether it can count
      const ended = `select from pg_stat_activity where pid <> all($1) and query = 'commit'`;
      const pids = known.rows.map(({ pid }) => pid);
      await until(async () => {
        // the transaction has one view of it otherwise
        await other.query('select pg_stat_clear_snapshot()');
        return (await other.query(ended, [pids])).rowCount! > 0;
      });
      await other.query('rollback');
      expect(await rebuilding).toMatchObject({ stdout: `rebuilt ${HOURS + 1} of ${HOURS + 1} hours\n` });
    } finally {
      await other.end();
    }
    expect(isWhole()).toBe(true);
  });

  (isRoot ? it : it.skip)('tells once of a full disk, is tried again, and the server goes on', async () => {
    mkdirSync(dir);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', dir]);
    try {
      server = await startServer({ env });
      await fill(server);
      await until(() => told('archive failed').length > 0);
      const tried = await looks(server);
      await until(async () => (await looks(server!)) >= tried + 3);
      expect(told('archive failed')).toEqual([expect.stringContaining('ENOSPC')]);
      await until(() => !files().some((name) => name.endsWith('.tmp')));
      const { status } = await apiOf(server).post('/logs', {
        timestamp: '2026-01-01T00:00:00Z',
        ip: '10.9.9.9',
      });
      expect(status).toBe(200);
      execFileSync('mount', ['-o', 'remount,size=64m', dir]);
      await until(() => told('archive works again').length > 0);
      expect(told('archive failed')).toHaveLength(1);
    } finally {
      await server?.kill9();
      execFileSync('umount', [dir]);
    }
  });

  it('is not rebuilt from a time that is none, or into no folder', async () => {
    expect(await rebuild('--from', 'yesterday')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('RFC 3339'),
    });
    env.ARCHIVE_DIR = '';
    expect(await rebuild()).toMatchObject({ code: 2, stderr: expect.stringContaining('ARCHIVE_DIR') });
  });
});

function rebuild(...args: string[]): Promise<Ended> {
  const { DATABASE_URL, ARCHIVE_DIR } = env;
  return sightline(['archive', 'rebuild', ...args], { DATABASE_URL, ARCHIVE_DIR }).done;
}
