import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveDataDir } from '../../src/storage/embedded/data-dir.js';
import {
  attachEmbeddedPostgres,
  openEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/storage/embedded/embedded-postgres.js';

const isRoot = process.getuid?.() === 0;

let parent: string;
let dataDir: string;
let opened: Pick<EmbeddedPostgres, 'stop'>[];
let children: ChildProcess[];

beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'sightline-embedded-'));
  chmodSync(parent, 0o755);
  dataDir = path.join(parent, 'data');
  opened = [];
  children = [];
});

afterEach(async () => {
  await Promise.all(children.map(kill9));
  await Promise.all(opened.map((postgres) => postgres.stop()));
  // Takes over, and so ends, what a killed server has left.
  if (children.length > 0) await (await openEmbeddedPostgres(dataDir)).stop();
  rmSync(parent, { recursive: true, force: true });
});

async function open(log?: (line: string) => void): Promise<EmbeddedPostgres> {
  const postgres = await openEmbeddedPostgres(dataDir, { log });
  opened.push(postgres);
  return postgres;
}

async function query<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client(url);
  // The database may end while the client is idle.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

async function until<T>(condition: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const result = await condition();
    if (result !== undefined) return result;
    await delay(50);
  }
}

async function kill9(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const postmasterPid = () =>
  Number(readFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

/** Processes that have DATA_DIR in their command line: the postmaster, and who watches it. */
const watching = () =>
  spawnSync('pgrep', ['-f', dataDir], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line !== '');

/** A process of its own that opens DATA_DIR and prints the url; it ends by a signal only. */
async function holder(
  how: 'openEmbeddedPostgres' | 'attachEmbeddedPostgres',
): Promise<{ child: ChildProcess; url: string }> {
  const script = `
    const { ${how} } = await import('./dist/src/storage/embedded/embedded-postgres.js');
    const postgres = await ${how}(${JSON.stringify(dataDir)});
    console.log(postgres.url);
    process.on('SIGTERM', () => postgres.stop());`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, url };
}

describe('opening', () => {
  it('makes a durable UTF-8 cluster with a role that is no superuser', async () => {
    const { url } = await open();
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'server_encoding', 'is_superuser'];
    const rows = await query<{ value: string }>(
      url,
      settings.map((name) => `select current_setting('${name}') as value`).join(' union all '),
    );
    expect(rows.map(({ value }) => value)).toEqual(['on', 'on', 'on', 'UTF8', 'off']);
  });

  it('keeps what was committed, and the password, for the next start', async () => {
    const first = await open();
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    const second = await open();
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(new URL(second.url).password).toBe(new URL(first.url).password);
  });

  it('refuses wrong passwords, and shows the right one to the owner of the files only', async () => {
    const { url } = await open();
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
    for (const file of ['connection.json', 'postgres/sightline.password']) {
      expect(statSync(path.join(dataDir, file)).mode & 0o077).toBe(0);
    }
  });

  it('leaves nothing running and no connection file after a stop', async () => {
    const postgres = await open();
    const pid = postmasterPid();
    await postgres.stop();
    expect(await postgres.exited).toBeUndefined();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(existsSync(path.join(dataDir, 'connection.json'))).toBe(false);
    await until(() => (watching().length === 0 ? true : undefined));
  });

  it('removes what a killed initdb has left', async () => {
    await (await open()).stop();
    const half = path.join(dataDir, 'postgres.init-0123');
    rmSync(path.join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(half, '');
    await open();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('postgres.init-'))).toEqual([]);
  });
});

describe('two at once', () => {
  it('refuses a second server in one line with the pid of the first', async () => {
    const { child } = await holder('openEmbeddedPostgres');
    await expect(open()).rejects.toThrow(`another sightline (pid ${child.pid}) is running on ${dataDir}`);
  });

  it('gives a command the database of the running server, which goes on', async () => {
    const server = await open();
    const command = await attachEmbeddedPostgres(dataDir);
    expect(command.url).toBe(server.url);
    await command.stop();
    expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('starts a database for the time of a command, for which a server waits', async () => {
    const { child } = await holder('attachEmbeddedPostgres');
    const server = open();
    child.kill('SIGTERM');
    expect(await query((await server).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('after kill -9', () => {
  it('of the postmaster: starts it again on the same port, with nothing lost', async () => {
    const lines: string[] = [];
    const { url } = await open((line) => lines.push(line));
    await query(url, 'create table kept as select 42 as answer');
    process.kill(postmasterPid(), 'SIGKILL');
    await until(() => lines.find((line) => line.includes('is being restarted')));
    expect(await until(() => query(url, 'select answer from kept').catch(() => undefined))).toEqual([
      { answer: 42 },
    ]);
    // The first one's watchdog went with it.
    await until(() => (watching().length === 2 ? true : undefined));
  });

  it('of the server while it starts: its postmaster ends by itself', async () => {
    await (await open()).stop();
    const script = `
      const { openEmbeddedPostgres } = await import('./dist/src/storage/embedded/embedded-postgres.js');
      void openEmbeddedPostgres(${JSON.stringify(dataDir)});`;
    for (let times = 0; times < 5; times++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
      children.push(child);
      // beside the holder itself, whose command line has the folder, too
      await until(() => (watching().length > 1 ? true : undefined));
      await delay(times * 10);
      await kill9(child);
      await until(() => (watching().length === 0 ? true : undefined));
    }
  });

  it('of the server: the next one ends the orphan and takes over', async () => {
    const { child, url } = await holder('openEmbeddedPostgres');
    await query(url, 'create table kept as select 42 as answer');
    const orphan = postmasterPid();
    await kill9(child);
    const next = await open();
    expect(postmasterPid()).not.toBe(orphan);
    expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('of both: a stale postmaster.pid that names a living stranger does not matter', async () => {
    await (await open()).stop();
    const stale = [process.pid, path.join(dataDir, 'postgres'), 0, 5432, '', '127.0.0.1', '', 'ready'].join(
      '\n',
    );
    writeFileSync(path.join(dataDir, 'postgres', 'postmaster.pid'), stale);
    expect(await query((await open()).url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('a DATA_DIR that cannot be used', () => {
  it('was made by another major version', async () => {
    await (await open()).stop();
    writeFileSync(path.join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    await expect(open()).rejects.toThrow(/was created by PostgreSQL 17, this is PostgreSQL 18[^\n]*$/);
  });

  it('is a file', async () => {
    writeFileSync(dataDir, '');
    await expect(open()).rejects.toThrow(`DATA_DIR ${dataDir}: not a directory`);
  });

  // Root may write wherever it is; its database runs as somebody who may not.
  if (isRoot) {
    it('cannot be entered by the user that runs PostgreSQL for root', async () => {
      chmodSync(parent, 0o700);
      await expect(open()).rejects.toThrow(/^DATA_DIR .* cannot access it$/);
      expect(resolveDataDir(dataDir, false)).toBe(dataDir);
      expect(resolveDataDir(dataDir, true)).toBe('/var/lib/sightline');
    });
  } else {
    it('is read-only', async () => {
      chmodSync(parent, 0o555);
      await expect(open()).rejects.toThrow(`DATA_DIR ${dataDir}: permission denied`);
      chmodSync(parent, 0o755);
    });
  }
});
