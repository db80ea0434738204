import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiOf } from '../support/api.js';
import { sightline } from '../support/command.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { MAIN, PROGRAM_ENV, startServer } from '../support/server.js';
import { until } from '../support/until.js';

interface Ledger {
  file: string;
  read: number;
  stored: number;
  stored_before: number;
  rejected: number;
  first_rejections: { line: number; reason: string; text: string }[];
}

let database: TestDatabase;
let dir: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'sightline-import-'));
  database = await cloneDatabase();
  await query(`insert into projects (name) values ('default'), ('shop') on conflict do nothing`);
});

afterEach(async () => {
  await database.drop();
  rmSync(dir, { recursive: true });
});

async function query<Row extends object>(sql: string): Promise<Row[]> {
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function count(what = '*'): Promise<number> {
  return (await query<{ n: number }>(`select count(${what})::int as n from access_logs`))[0].n;
}

function start(args: readonly string[], input?: string) {
  return sightline(['import', ...args], { DATABASE_URL: database.url }, input);
}

/** Imports to the end, and gives the ledger of each file. */
async function imported(args: readonly string[], input?: string): Promise<Ledger[]> {
  const { code, stdout, stderr } = await start([...args, '--json'], input).done;
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Ledger);
}

function file(name: string, content: string | Buffer): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

/** One line of nginx for each number; every thousandth is none. */
function accessLog(lines: number): string {
  const line = (n: number) =>
    n % 1000 === 500
      ? `not a line of a log ${n}`
      : `10.1.${n % 200}.1 - - [20/Nov/2026:10:00:${String(n % 60).padStart(2, '0')} +0100] "GET /page/${n} HTTP/1.1" 200 12 "-" "curl/8"`;
  return `${Array.from({ length: lines }, (_, n) => line(n)).join('\n')}\n`;
}

describe('sightline import', () => {
  it('reads what Apache and nginx wrote, and tells of each line that it refused', async () => {
    const logs = ['apache-combined', 'apache-odd', 'nginx-combined'].map(
      (name) => `test/fixtures/access-logs/${name}.txt`,
    );
    const ledgers = await imported(logs);
    const lines = logs.map((log) => readFileSync(log, 'utf8').trimEnd().split('\n').length);
    expect(ledgers.map(({ file: name, read }) => [name, read])).toEqual(
      logs.map((log, i) => [log, lines[i]]),
    );
    expect(ledgers.every(({ read, stored, rejected }) => read === stored + rejected)).toBe(true);
    expect(await count()).toBe(ledgers.reduce((sum, { stored }) => sum + stored, 0));
    const [first] = await query(
      `select ip, method, path, status, timestamp from access_logs where path = '/hello'`,
    );
    expect(first).toEqual({
      ip: '192.168.33.1',
      method: 'GET',
      path: '/hello',
      status: 404,
      timestamp: new Date('2016-12-26T16:22:13Z'),
    });
  });

  it('knows every format by its content, gzipped or not', async () => {
    const entry = '"ip":"10.0.0.1","path":"/a","status":200';
    const ndjson = `\n{"timestamp":"2026-11-20T10:00:00Z",${entry}}\n{"timestamp":"2026-11-20T10:00:01Z",${entry}}\n`;
    const csv = 'ip,path,User-Agent\r\n10.0.0.2,"/b,""c""",x\r\n10.0.0.3,/c,"two\nlines"\r\n';
    const lines = '2026-11-20T10:00:00Z 10.0.0.4 GET /d 200 12ms\n';
    const files = [
      file('a.ndjson', ndjson),
      file('a.csv', csv),
      file('a.lines', lines),
      file('a.gz', gzipSync(accessLog(2))),
      // As logrotate and cat leave it: one member behind the other.
      file('two.gz', Buffer.concat([gzipSync(accessLog(3)), gzipSync(accessLog(4))])),
    ];
    const ledgers = await imported(files);
    expect(ledgers.map(({ read, stored }) => [read, stored])).toEqual([
      [2, 2],
      [2, 2],
      [1, 1],
      [2, 2],
      [7, 7],
    ]);
    expect(await count('distinct ip')).toBe(4 + 4);
    expect(
      await query(`select user_agent from access_logs where path in ('/b,"c"', '/c') order by path`),
    ).toEqual([{ user_agent: 'x' }, { user_agent: 'two\nlines' }]);
  });

  it('stores each line once when it is killed in the middle, and goes on where it was', async () => {
    const LINES = 60_000;
    for (const [name, content] of [
      ['big.log', accessLog(LINES)],
      ['big.log.gz', gzipSync(accessLog(LINES))],
    ] as const) {
      const path = file(name, content);
      const before = await count();
      const killed = start([path]);
      await until(async () => (await count()) > before);
      killed.process.kill('SIGKILL');
      await killed.done;
      const held = (await count()) - before;
      expect(held).toBeLessThan(LINES - 60);
      const [ledger] = await imported([path]);
      expect(ledger).toMatchObject({ read: LINES, stored: LINES - 60, rejected: 60 });
      expect(ledger.stored_before).toBeGreaterThanOrEqual(held);
      expect(await count()).toBe(before + LINES - 60);
      expect(await imported([path])).toMatchObject([
        { read: LINES, stored_before: LINES - 60, rejected: 60 },
      ]);
      expect(await count()).toBe(before + LINES - 60);
    }
    expect(await count('distinct path')).toBe(LINES - 60);
  });

  it('goes on behind a CSV header', async () => {
    const rows = Array.from({ length: 9_000 }, (_, n) => `/p/${n},10.0.0.${n % 250},200`);
    const path = file('a.csv', `path,ip,status\n${rows.join('\n')}\n`);
    const killed = start([path]);
    await until(async () => (await count()) > 0);
    killed.process.kill('SIGKILL');
    await killed.done;
    expect(await imported([path])).toMatchObject([{ read: 9_000, stored: 9_000, rejected: 0 }]);
    expect([await count(), await count('distinct path')]).toEqual([9_000, 9_000]);
  });

  it('stops at a signal with what was read stored, and goes on', async () => {
    const path = file('a.log', accessLog(60_000));
    const stopped = start([path]);
    await until(async () => (await count()) > 0);
    stopped.process.kill('SIGINT');
    const { code, stdout, stderr } = await stopped.done;
    expect([code, stderr]).toEqual([1, expect.stringContaining('run the same command again to continue')]);
    expect(Number(/stored +(\d+)/.exec(stdout)![1])).toBe(await count());
    expect(await imported([path])).toMatchObject([{ read: 60_000, stored: 59_940 }]);
  });

  it('shows the first lines that it refused, and writes all of them to a file, also when it goes on', async () => {
    const path = file('a.log', `\n\n${accessLog(20_000)}`);
    const rejects = join(dir, 'rejects.ndjson');
    const { code, stdout } = await start([path, '--rejects', rejects]).done;
    expect(code).toBe(0);
    expect(stdout).toMatch(/read +20000\n +stored +19980\n +rejected +20\n/);
    expect(stdout).toMatch(/\n {4}line 503: .*: not a line of a log 500\n/);
    expect(stdout).toMatch(/\n {4}and 10 more: --rejects FILE/);
    const refused = () =>
      readFileSync(rejects, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { file: string; line: number; text: string });
    const all = Array.from({ length: 20 }, (_, n) => ({
      file: path,
      line: n * 1000 + 503,
      text: `not a line of a log ${n * 1000 + 500}`,
    }));
    expect(refused().toSorted((a, b) => a.line - b.line)).toMatchObject(all);
    writeFileSync(rejects, '');
    await imported([path, '--rejects', rejects]);
    expect(refused().toSorted((a, b) => a.line - b.line)).toMatchObject(all);
    expect(await count()).toBe(19_980);
  });

  it('stores a file again when told to, and stdin each time', async () => {
    const path = file('a.log', accessLog(10));
    await imported([path]);
    await imported([path]);
    expect(await count()).toBe(10);
    await imported([path, '--again']);
    expect(await count()).toBe(20);
    for (let n = 0; n < 2; n++) {
      expect(await imported(['-'], accessLog(5))).toMatchObject([{ file: 'stdin', read: 5, stored: 5 }]);
    }
    expect(await count()).toBe(30);
  });

  it('belongs to the project that it was given, and is counted by a server that runs', async () => {
    const key = 'shop-key-0123456789abcdef0123456789abcdef';
    const env = { DATABASE_URL: database.url, API_KEYS: `shop:shop:ingest+query=${key}` };
    const server = await startServer({ env });
    try {
      const path = file('a.log', accessLog(400));
      const [{ stored }] = await imported([path, '--project', 'shop']);
      expect(stored).toBe(400);
      const shop = apiOf({ url: server.url, key });
      const unique = async () => (await shop.get('/stats')).body.unique_ip_addresses as number;
      await until(async () => (await unique()) === 200);
      expect((await shop.get('/logs?limit=1')).body.meta.total).toBe(400);
      expect((await shop.get('/logs?ip=10.1.7.1')).body.meta.total).toBe(2);
    } finally {
      await server.stop();
    }
  });

  it.each([
    [['nowhere.log'], /^sightline: nowhere\.log cannot be read: ENOENT\n$/],
    [['package.json', '--project', 'nobody'], /^sightline: there is no project nobody: /],
    [
      ['package.json', '--rejects', '/dev/null/x'],
      /^sightline: --rejects \/dev\/null\/x cannot be written: ENOTDIR\n$/,
    ],
  ])('ends in one line for %j', async (args, message) => {
    const { code, stderr } = await start(args).done;
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });

  it('ends with a code of its own and a sentence where nothing of a file could be taken, and reads the others', async () => {
    const files = [
      file('a.csv', 'time,path\n2020-01-01T00:00:00Z,/a\n'),
      file('b.log', accessLog(3)),
      file('c.csv', 'ip,path\n'),
      file('empty.log', ''),
    ];
    const { code, stdout, stderr } = await start([...files, '--json']).done;
    const ledgers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Ledger);
    expect(ledgers.map(({ stored, rejected }) => [stored, rejected])).toEqual([
      [0, 1],
      [3, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /a\.csv was imported: read as csv, its only record was rejected \(line 2: timestamp is missing/,
    );
    expect(stderr).toMatch(/c\.csv was imported: it contains no records\n$/);
    expect(stderr).not.toMatch(/b\.log|empty\.log/);
  });

  it('says what it left out of what it kept', async () => {
    const odd = accessLog(2).replace(' 200 ', ' 000 ').replace('GET /page/1', 'BREW /page/1');
    const { code, stdout } = await start([file('a.log', odd)]).done;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /stored +2\n +1 of them with status left out: .*\n +1 of them with method left out: .*\n +rejected +0\n/,
    );
  });

  it.each([
    ['half a line, then the rest', [30, 31, 5000]],
    ['a byte at a time', Array.from({ length: 200 }, (_, i) => i + 1)],
    ['all at once', []],
  ])('reads a pipe that brings %s', async (_, cuts) => {
    for (const content of [Buffer.from(accessLog(100)), gzipSync(accessLog(100))]) {
      const { process: child, done } = sightline(
        ['import', '-', '--json'],
        { DATABASE_URL: database.url },
        null,
        true,
      );
      let at = 0;
      for (const cut of [...cuts, content.length]) {
        child.stdin!.write(content.subarray(at, cut));
        at = Math.max(at, cut);
        await new Promise((resolve) => setImmediate(resolve));
      }
      child.stdin!.end();
      const { code, stdout, stderr } = await done;
      expect([code, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout)).toMatchObject({ file: 'stdin', format: 'combined', read: 100, stored: 100 });
    }
  });

  it('reads what a shell gives for a file', async () => {
    const path = file('a.log.gz', gzipSync(accessLog(300)));
    const command = `exec ${process.execPath} ${MAIN} import <(zcat ${path}) <(cat ${path}) --json`;
    const shell = spawn('bash', ['-c', command], { env: { ...PROGRAM_ENV, DATABASE_URL: database.url } });
    const [stdout] = await Promise.all([text(shell.stdout), once(shell, 'exit')]);
    const ledgers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Ledger);
    expect(ledgers).toMatchObject([
      { read: 300, stored: 300 },
      { read: 300, stored: 300 },
    ]);
    expect(await count()).toBe(600);
  });

  it('counts only what is new of the log of today, by a server that runs', async () => {
    const path = file('access.log', accessLog(100));
    await imported([path]);
    writeFileSync(path, accessLog(250));
    expect(await imported([path])).toMatchObject([{ read: 250, stored: 250, stored_before: 100 }]);
    expect(await count()).toBe(250);
    expect(await count('distinct path')).toBe(250);
  });

  it.each([
    ['a JSON array', '[{"ip":"10.0.0.1"}]', 'a JSON array cannot be imported in parts'],
    ['another compression', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]), 'it is compressed with zstd'],
  ])('does not take %s for lines', async (_, content, message) => {
    const { code, stderr } = await start([file('a', content)]).done;
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(await count()).toBe(0);
  });

  it('stores what there is of a gzip file that was cut off, and says so', async () => {
    const whole = gzipSync(accessLog(30_000));
    const { code, stdout, stderr } = await start([file('cut.gz', whole.subarray(0, whole.length / 2))]).done;
    expect([code, stderr]).toEqual([1, expect.stringContaining('cut.gz: it is cut off')]);
    const stored = Number(/stored +(\d+)/.exec(stdout)![1]);
    expect(stored).toBeGreaterThan(0);
    expect(await count()).toBe(stored);
  });
});
