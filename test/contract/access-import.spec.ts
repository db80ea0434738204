import { mkdtempSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { importFile } from '../../src/cli/import/import-file.js';
import { ImportLedger } from '../../src/cli/import/ledger.js';
import { openSource } from '../../src/cli/import/source.js';
import { SystemClock } from '../../src/core/ports/clock.js';
import { openAccessStores, type AccessStores } from '../support/access-stores.js';

/** IP, method, path, status, user agent. */
type Row = [string | null, string | null, string | null, number | null, string | null];

interface Right {
  read: number;
  stored: number;
  rejected: number;
  exit: number;
  rows?: Row[];
  notes: Record<string, number>;
  reason?: string;
  error?: string;
}

const FOLDER = 'test/fixtures/import';
const cases = JSON.parse(readFileSync(`${FOLDER}/cases.json`, 'utf8')) as { file: string; right: Right }[];

let stores: AccessStores;
let dir: string;

beforeAll(async () => {
  Logger.overrideLogger(false);
  stores = await openAccessStores();
  dir = mkdtempSync(join(tmpdir(), 'sightline-import-'));
});

beforeEach(() => stores.clear());

afterAll(async () => {
  await stores?.close();
  rmSync(dir, { recursive: true });
});

/** Imports one file, and gives its ledger and what it ended with. */
async function imported(
  path: string,
  again: string | null = null,
): Promise<{ ledger: ImportLedger; error: string | null }> {
  const ledger = new ImportLedger(path);
  const options = {
    projectId: 1,
    format: 'auto',
    again,
    inFlight: 3,
    onRefused: null,
    stop: new AbortController().signal,
  } as const;
  try {
    await importFile(await openSource(path), stores.process().store, new SystemClock(), ledger, options);
    return { ledger, error: null };
  } catch (error) {
    return { ledger, error: (error as Error).message };
  }
}

async function rows(): Promise<Row[]> {
  const found = await stores.sql<{
    ip: string;
    method: string;
    path: string;
    status: number;
    user_agent: string;
  }>('select ip, method, path, status, user_agent from access_logs order by id');
  return found.map(({ ip, method, path, status, user_agent }) => [ip, method, path, status, user_agent]);
}

/** Chunks of one file are stored at once: the order is that of none. */
async function expectRows(expected: Row[]): Promise<void> {
  expect((await rows()).toSorted()).toEqual(expected.toSorted());
}

function file(content: string | Buffer, name = 'a.log'): string {
  const path = join(dir, name);
  rmSync(path, { force: true });
  writeFileSync(path, content);
  return path;
}

describe('files of our own', () => {
  it.each(cases)('$file is taken as is right', async ({ file: name, right }) => {
    const { ledger, error } = await imported(`${FOLDER}/${name}`);
    const { read, stored, rejected, notes } = ledger;
    expect({ read, stored, rejected, notes }).toEqual({
      read: right.read,
      stored: right.stored,
      rejected: right.rejected,
      notes: right.notes,
    });
    expect(error === null ? undefined : error).toEqual(
      right.error === undefined ? undefined : expect.stringContaining(right.error),
    );
    expect(ledger.nothingTaken(false) === null).toBe(right.exit !== 3);
    if (right.rows) expect((await rows()).toSorted()).toEqual(right.rows.toSorted());
    if (right.reason) expect(ledger.first[0].reason).toContain(right.reason);
  });
});

const TIME = '[20/Nov/2026:10:00:00 +0000]';
const log = (n: number, head = `203.0.113.${n} - -`) =>
  `${head} ${TIME} "GET /${n} HTTP/1.1" 200 5 "-" "curl"`;
const logs = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `${log(from + i)}\n`).join('');
const row = (n: number): Row => [`203.0.113.${n}`, 'GET', `/${n}`, 200, 'curl'];

describe('the format', () => {
  const junk = ['#', '-- cut here --', 'a,b,c', '{"half":', '2026-11-20T05:00:01Z host logrotate: done'];
  it.each(junk)('is not what a first line like %j is', async (first) => {
    const { ledger } = await imported(file(`${first}\n${logs(1, 3)}`));
    expect(ledger).toMatchObject({ format: 'combined', read: 3, stored: 2, rejected: 1 });
    expect(await rows()).toEqual([row(1), row(2)]);
  });

  it.each([
    ['ndjson', `garbage\n{"path":"/a"}\n{"path":"/b"}\n`],
    [
      'lines',
      `garbage\n2026-11-20T10:00:00Z 203.0.113.1 GET /a 200 1ms\n2026-11-20T10:00:00Z 203.0.113.1 GET /b 200 1ms`,
    ],
    ['csv', `timestamp,ip,path\ngarbage\n,203.0.113.1,/a\n,203.0.113.1,/b\n`],
    ['csv', `path,user_agent\n/a,"x ${TIME} "\n/b,"${TIME}"\ngarbage\n`],
    ['combined', `${log(1)}\n${log(2)}\ngarbage\n`],
  ])('%s is known by most of its lines', async (format, text) => {
    expect((await imported(file(text))).ledger).toMatchObject({ format, stored: 2, rejected: 1 });
  });

  it.each(['[{"path":"/a"}]', '[\n  {"path":"/a"}\n]', '[]', '["a"]', '\ufeff[ {} ]'])(
    'is none that can be read in parts: %j',
    async (text) => {
      expect((await imported(file(text))).error).toContain('a JSON array cannot be imported in parts');
    },
  );
});

describe('what is unusual is kept', () => {
  it.each([
    [
      'a hole that truncating left',
      Buffer.concat([Buffer.alloc(5000), Buffer.from(logs(1, 3))]),
      [row(1), row(2)],
    ],
    ['ends of lines with CR', logs(1, 3).replaceAll('\n', '\r'), [row(1), row(2)]],
    ['a referer in Latin-1', Buffer.from(log(1).replace('"-"', '"http://x/caf\xe9"'), 'latin1'), [row(1)]],
    [
      'JSON with - for nothing',
      '{"path":"/a","status":"-","method":"-","latency_ms":"-","timestamp":"2026-11-20T10:00:00+0100"}',
      [[null, null, '/a', null, null]],
    ],
    [
      'JSON behind a proxy',
      '{"ip":"203.0.113.7:443, 10.0.0.1","status":"000","path":"/a"}',
      [['203.0.113.7', null, '/a', null, null]],
    ],
    [
      'JSON with a host',
      '{"ip":"host.example.net","status":499,"path":"/a"}',
      [[null, null, '/a', 499, null]],
    ],
    [
      'CSV with semicolons',
      'ip;path;status\n203.0.113.7;/a;999\n',
      [['203.0.113.7', null, '/a', null, null]],
    ],
    [
      'CSV with tabs',
      'IP\tPath\tStatus\n203.0.113.7\t/a,b\t200\n',
      [['203.0.113.7', null, '/a,b', 200, null]],
    ],
    [
      'CSV with sep=',
      '\ufeff"sep=;"\r\nip;path\r\n203.0.113.7;"/a;b"\r\n',
      [['203.0.113.7', null, '/a;b', null, null]],
    ],
    [
      'CSV with comments',
      '#TYPE Some.Export\n# more\nip,path\n203.0.113.7,/a#b\n# end\n',
      [['203.0.113.7', null, '/a#b', null, null]],
    ],
    [
      'CSV with an unknown column in Latin-1',
      Buffer.from('path,caf\xe9\n/a,\xe9\n', 'latin1'),
      [[null, null, '/a', null, null]],
    ],
  ] as [string, string | Buffer, Row[]][])('%s', async (_, content, expected) => {
    const { ledger, error } = await imported(file(content));
    expect([error, ledger.first]).toEqual([null, []]);
    expect(await rows()).toEqual(expected);
  });

  it("nginx's request time is the latency", async () => {
    await imported(file(`${log(1)} 0.250\n${log(2)} rt=1.500 uct="0.001"\n${log(3)} 12\n`));
    await imported(
      file('{"path":"/4","request_time":"0.004"}\n{"path":"/5","request_time":0.005}\n', 'a.ndjson'),
    );
    const found = await stores.sql<{ latency_ms: number }>(
      'select latency_ms from access_logs order by path',
    );
    expect(found.map(({ latency_ms }) => latency_ms)).toEqual([250, 1500, null, 4, 5]);
  });
});

describe('what cannot be read is refused by name', () => {
  it.each([
    ['ip', log(1, '1.2.3.4.5 - -')],
    ['ip', log(1, '203.0.113 - -')],
    ['ip', '{"ip":"203.0.113.256","path":"/"}'],
    ['ip', '{"ip":"300.1.1.1, 10.0.0.1","path":"/"}'],
    ['timestamp', log(1).replace('20/Nov', '31/Nov')],
    ['timestamp', log(1).replace(' +0000', '')],
    ['timestamp', log(1).replace('10:00:00', '25:00:00')],
    ['timestamp', '{"timestamp":1763600000,"path":"/"}'],
    ['timestamp', '{"time":"2020-01-01T00:00:00Z","path":"/"}'],
    ['timestamp', 'ip,path,Date\n203.0.113.1,/,2020-01-01\n'],
    ['timestamp', '@timestamp,path\n2020-01-01T00:00:00Z,/\n'],
    ['status', log(1).replace(' 200 ', ' 2OO ')],
    ['status', log(1).replace(' 200 ', ' 1200 ')],
    ['status', '{"status":"OK","path":"/"}'],
    ['status', '{"status":1000,"path":"/"}'],
    ['status', '{"status":-1,"path":"/"}'],
    ['method', '{"method":"FETCH","path":"/"}'],
    ['method', 'method,path\nGET /,/\n'],
    ['latency_ms', '{"latency_ms":"fast","path":"/"}'],
    ['request_time', '{"request_time":"0,5","path":"/"}'],
    ['path', Buffer.from(log(1).replace('/1', '/caf\xe9'), 'latin1')],
    ['user_agent', Buffer.from(log(1).replace('curl', 'caf\xe9'), 'latin1')],
    ['path', '2026-11-20T10:00:00Z,203.0.113.1,/a\n'],
    ['has unknown columns', 'when,client,uri\n2026-11-20T10:00:00Z,/a,curl\n'],
    ['ip is required', '{"status":408}'],
  ])('%s: %s', async (field, content) => {
    const { ledger } = await imported(file(content));
    expect(ledger.stored).toBe(0);
    expect(ledger.first[0].reason).toMatch(new RegExp(`^${field}`));
    expect(await rows()).toEqual([]);
  });
});

describe('gzip', () => {
  const whole = gzipSync(logs(1, 200));

  it.each([
    ['cut in its text', whole.subarray(0, whole.length - 100), /cut off/],
    ['cut in its trailer', whole.subarray(0, whole.length - 1), /cut off/],
    ['with garbage behind it', Buffer.concat([whole, Buffer.from('garbage')]), /data after its end/],
    [
      'with another text behind its last member',
      Buffer.concat([whole, whole, Buffer.from('GET')]),
      /data after its end/,
    ],
    [
      'of another checksum',
      Buffer.concat([whole.subarray(0, -8), Buffer.alloc(4), whole.subarray(-4)]),
      /damaged/,
    ],
    [
      'with a damaged member behind a whole one',
      Buffer.concat([whole, whole.subarray(0, 20), Buffer.alloc(50, 255)]),
      /damaged|cut off/,
    ],
    ['cut in the header of a member', Buffer.concat([whole, whole.subarray(0, 6)]), /cut off/],
  ])('%s: what is whole is stored, then the error', async (_, bytes, message) => {
    const { ledger, error } = await imported(file(bytes, 'a.gz'));
    expect(error).toMatch(message);
    expect(ledger.read).toBe(ledger.stored + ledger.rejected);
    expect(ledger.rejected).toBeLessThanOrEqual(1);
    expect(ledger.stored).toBeGreaterThan(150);
    expect((await rows()).slice(0, 199)).toEqual(
      Array.from({ length: Math.min(199, ledger.stored) }, (__, i) => row(i + 1)),
    );
  });

  it.each([
    [
      'several members',
      Buffer.concat([gzipSync(logs(1, 100)), gzipSync(logs(100, 150)), gzipSync(logs(150, 200))]),
    ],
    ['an empty member', Buffer.concat([gzipSync(''), whole])],
    ['zeros behind it', Buffer.concat([whole, Buffer.alloc(1000)])],
    [
      'a member that ends in the middle of a line',
      Buffer.concat([gzipSync(logs(1, 200).slice(0, 777)), gzipSync(logs(1, 200).slice(777))]),
    ],
    ['a name, a comment and more in its header', withHeader(whole)],
  ])('with %s is read whole', async (_, bytes) => {
    expect(await imported(file(bytes, 'a.gz'))).toMatchObject({
      error: null,
      ledger: { read: 199, stored: 199 },
    });
  });

  function withHeader(bytes: Buffer): Buffer {
    const header = Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7]);
    return Buffer.concat([header, Buffer.from('name\0comment\0'), Buffer.from([1, 2]), bytes.subarray(10)]);
  }
});

describe('a log that grows', () => {
  const counts = ({ ledger }: { ledger: ImportLedger }) => [ledger.read, ledger.stored, ledger.before];

  it('is taken on from where it was, also after its rotation', async () => {
    const path = file(logs(1, 3));
    expect(counts(await imported(path))).toEqual([2, 2, 0]);
    writeFileSync(path, logs(3, 5), { flag: 'a' });
    expect(counts(await imported(path))).toEqual([4, 4, 2]);
    expect(counts(await imported(path))).toEqual([4, 4, 4]);
    const rotated = join(dir, 'a.log.1');
    renameSync(path, rotated);
    writeFileSync(path, logs(6, 8));
    writeFileSync(rotated, logs(5, 6), { flag: 'a' });
    expect(counts(await imported(rotated))).toEqual([5, 5, 4]);
    expect(counts(await imported(path))).toEqual([2, 2, 0]);
    await expectRows([1, 2, 3, 4, 5, 6, 7].map(row));
  });

  it('is another one once it was truncated, again and again', async () => {
    const path = file(logs(1, 3));
    await imported(path);
    for (const from of [10, 20, 30]) {
      truncateSync(path);
      writeFileSync(path, logs(from, from + 1), { flag: 'a' });
      expect(counts(await imported(path))).toEqual([1, 1, 0]);
      writeFileSync(path, logs(from + 1, from + 4), { flag: 'a' });
      expect(counts(await imported(path))).toEqual([4, 4, 1]);
    }
    await expectRows([1, 2, 10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33].map(row));
  });

  it('is known by what it holds where it was copied', async () => {
    const path = file(logs(1, 5));
    await imported(path);
    expect(counts(await imported(file(logs(1, 5), 'copy.log')))).toEqual([4, 4, 4]);
    expect(await rows()).toHaveLength(4);
  });

  it('may end in the middle of a line, whole or not', async () => {
    const text = logs(1, 4);
    const path = file('');
    const first = text.indexOf('\n') + 1;
    const agent = text.indexOf('curl', first);
    for (const end of [10, 60, first - 1, first + 30, agent - 1, agent + 2, text.length - 1, text.length]) {
      writeFileSync(path, text.slice(0, end));
      const { ledger, error } = await imported(path);
      expect([error, ledger.read - ledger.stored - ledger.rejected]).toEqual([null, 0]);
    }
    expect(counts(await imported(path))).toEqual([3, 3, 3]);
    await expectRows([row(1), row(2), row(3)]);
  });

  it('takes a last line without an end once, and only once', async () => {
    const path = file(logs(1, 3).trimEnd());
    expect(counts(await imported(path))).toEqual([2, 2, 0]);
    expect(counts(await imported(path))).toEqual([2, 2, 2]);
    writeFileSync(path, `\n${logs(3, 4)}`, { flag: 'a' });
    expect(counts(await imported(path))).toEqual([3, 3, 2]);
    await expectRows([row(1), row(2), row(3)]);
  });

  it('goes on behind the header of a CSV', async () => {
    const path = file('sep=;\nip;path\n203.0.113.1;/1\n', 'a.csv');
    await imported(path);
    writeFileSync(path, '203.0.113.2;/2\n', { flag: 'a' });
    expect(counts(await imported(path))).toEqual([2, 2, 1]);
    expect((await rows()).map(([ip, , where]) => [ip, where])).toEqual([
      ['203.0.113.1', '/1'],
      ['203.0.113.2', '/2'],
    ]);
  });

  it('is stored by each of two at once, at two sizes, once', async () => {
    const path = file(logs(1, 100));
    await imported(path);
    const first = await openSource(path);
    writeFileSync(path, logs(100, 200), { flag: 'a' });
    await Promise.all(Array.from({ length: 4 }, () => imported(path)));
    expect(first.head.length).toBeGreaterThan(0);
    expect(await rows()).toHaveLength(199);
  });

  it('begins anew when told to, and goes on from there', async () => {
    const path = file(logs(1, 3));
    await imported(path);
    expect(counts(await imported(path, 'again'))).toEqual([2, 2, 0]);
    writeFileSync(path, logs(3, 4), { flag: 'a' });
    expect(counts(await imported(path))).toEqual([3, 3, 2]);
    expect(await rows()).toHaveLength(5);
  });
});
