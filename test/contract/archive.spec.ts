import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Counter, Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveScheduler, archiveJob } from '../../src/archive/archive-scheduler.js';
import { Archive, type ArchiveSources } from '../../src/archive/archive.js';
import { FolderLease } from '../../src/archive/folder-lease.js';
import type { HourSummary } from '../../src/core/access-summary.js';
import type { AccessReader } from '../../src/core/ports/access-reader.js';
import { SystemClock } from '../../src/core/ports/clock.js';
import type { NewAccessEntry, StoredAccessEntry } from '../../src/core/records/access-entry.js';
import { formatRfc3339, parseRfc3339 } from '../../src/core/records/rfc3339.js';
import { HOUR, MINUTE } from '../../src/core/time.js';
import { lockFile } from '../../src/storage/file-lock.js';
import { Database } from '../../src/storage/postgres/database.js';
import { PostgresMaintenance } from '../../src/storage/postgres/maintenance/postgres-maintenance.js';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';

const TEN = parseRfc3339('2026-11-20T10:00:00Z')!;
const never = new AbortController().signal;
const clock = new SystemClock();

let stores: AccessStores;
let sources: ArchiveSources;
let turnsDatabase: TestDatabase;
let database: Database;
let maintenance: PostgresMaintenance;
let dir: string;
let other: number;

beforeAll(async () => {
  stores = await openAccessStores();
  turnsDatabase = await cloneDatabase();
  database = await Database.connect(configOf(), turnsDatabase.url);
  maintenance = new PostgresMaintenance(database);
  other = await stores.addProject('shop.eu');
  const projects = { list: () => Promise.resolve(new Map(Object.entries({ default: 1, 'shop.eu': other }))) };
  sources = { hours: stores.hours, entries: stores.reader, stats: stores.stats(clock), projects, clock };
});

afterAll(async () => {
  await stores.close();
  await database.close();
  await turnsDatabase.drop();
});

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'sightline-archive-'));
});

afterEach(async () => {
  rmSync(dir, { recursive: true, force: true });
  await stores.clear();
  await database.query.query('truncate maintenance_jobs');
});

const entry = (timestamp: number, overrides: Partial<NewAccessEntry> = {}) =>
  newAccessEntry({ timestamp, ...overrides });

async function store(entries: NewAccessEntry[], keep: 'all' | 'errors' = 'all'): Promise<void> {
  const receipts = await stores.process({ keep }).store.append(entries);
  expect(receipts.filter(({ outcome }) => outcome !== 'stored')).toEqual([]);
  await stores.counter.count({ now: clock.nowMs() * 1000, maxNames: 10_000 });
}

const update = () => new Archive(dir, sources).update(never);
const file = (...parts: string[]) => path.join(dir, ...parts);
const LOGS = ['logs', '2026-11-20', '10.log.json'];
const SUMMARY = ['analytics', '2026-11-20', 'summary_10.json'];

function entriesIn(name: string): StoredAccessEntry[] {
  const lines = readFileSync(name, 'utf8').split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as StoredAccessEntry);
}

const summaryIn = (name: string) => JSON.parse(readFileSync(name, 'utf8')) as HourSummary;

/** Every file, without those that are the archive's own business. */
function filesOf(folder = dir): string[] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile() && !one.name.startsWith('.'));
  return files.map((one) => path.relative(folder, path.join(one.parentPath, one.name))).sort();
}

const temporary = (folder = dir) =>
  readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.tmp'));

/** Each file by what tells whether it was written again. */
const marks = () => filesOf().map((name) => [name, statSync(file(name)).ino]);

describe('the files of an hour', () => {
  it('are its rows, oldest first, and what they come to', async () => {
    await store([
      entry(TEN + 2 * MINUTE, { ip: '2001:db8::1', method: 'POST', path: '/b', status: 500, latencyMs: 30 }),
      entry(TEN, { path: '__proto__', latencyMs: 10, userAgent: null }),
      entry(TEN + HOUR - 1, { ip: null, method: null, status: null, latencyMs: null }),
      entry(TEN + MINUTE, { path: null, latencyMs: 20 }),
      entry(TEN + HOUR),
    ]);
    await update();
    expect(filesOf()).toEqual([
      'analytics/2026-11-20/summary_10.json',
      'analytics/2026-11-20/summary_11.json',
      'logs/2026-11-20/10.log.json',
      'logs/2026-11-20/11.log.json',
    ]);
    const times = [TEN, TEN + MINUTE, TEN + 2 * MINUTE, TEN + HOUR - 1].map(formatRfc3339);
    const entries = entriesIn(file(...LOGS));
    expect(entries.map(({ Timestamp }) => Timestamp)).toEqual(times);
    const { id } = entries[2];
    expect(entries[2]).toEqual({
      ...{ id, Timestamp: times[2], IP: '2001:db8::1', Method: 'POST', Path: '/b', Status: 500 },
      ...{ LatencyMs: 30, UserAgent: 'curl/8' },
    });
    const summary = readFileSync(file(...SUMMARY), 'utf8');
    expect(JSON.parse(summary)).toEqual({
      hour: '2026-11-20T10:00:00Z',
      generated_at: expect.stringMatching(/Z$/),
      total_requests: 4,
      unique_ips: 2,
      paths: JSON.parse('{"/":1,"/b":1,"__proto__":1}') as unknown,
      user_agents: { 'curl/8': 3 },
      statuses: { 200: 2, 500: 1 },
      methods: { GET: 2, POST: 1 },
      latency_ms: {
        avg: 20,
        p50: expect.closeTo(20, 0),
        p95: expect.closeTo(30, 0),
        p99: expect.closeTo(30, 0),
        max: 30,
      },
    });
    expect(summary).toContain('"__proto__":1');
  });

  it('hold the thousand most frequent paths, and the rest together', async () => {
    const paths = Array.from({ length: 1005 }, (_, k) => entry(TEN, { path: `/${k}` }));
    await store([...paths, ...paths.slice(5)]);
    await update();
    const { paths: counts } = summaryIn(file(...SUMMARY));
    expect(Object.keys(counts)).toHaveLength(1001);
    expect([counts['/1004'], counts['(other)'], counts['/0']]).toEqual([2, 5, undefined]);
  });

  it('of other projects lie under their names', async () => {
    await store([entry(TEN, { projectId: other }), entry(TEN, { path: '/default' })]);
    await update();
    expect(filesOf()).toHaveLength(4);
    expect(entriesIn(file('projects', 'shop.eu', ...LOGS))).toMatchObject([{ Path: '/' }]);
    expect(entriesIn(file(...LOGS))).toMatchObject([{ Path: '/default' }]);
  });

  it('hold failures alone where nothing else is kept, and count all', async () => {
    await store([entry(TEN), entry(TEN, { status: 404 }), entry(TEN + HOUR)], 'errors');
    await update();
    expect(entriesIn(file(...LOGS))).toMatchObject([{ Status: 404 }]);
    expect(summaryIn(file(...SUMMARY)).statuses).toEqual({ 200: 1, 404: 1 });
    expect(readFileSync(file('logs', '2026-11-20', '11.log.json'), 'utf8')).toBe('');
  });
});

describe('an hour is written', () => {
  beforeEach(async () => {
    await store([entry(TEN), entry(TEN + HOUR)]);
    await update();
  });

  it('once, as long as nothing changes', async () => {
    const before = marks();
    await update();
    expect(marks()).toEqual(before);
  });

  it('again for a late entry, and no other with it', async () => {
    const before = marks().filter(([name]) => /[/_]11\./.test(String(name)));
    await store([entry(TEN + 5 * MINUTE, { path: '/late' })]);
    await update();
    expect(entriesIn(file(...LOGS)).map(({ Path }) => Path)).toEqual(['/', '/late']);
    expect(summaryIn(file(...SUMMARY)).total_requests).toBe(2);
    expect(marks().filter(([name]) => /[/_]11\./.test(String(name)))).toEqual(before);
  });

  it.each([
    ['the entries are gone', () => rmSync(file(...LOGS))],
    ['the summary is gone', () => rmSync(file(...SUMMARY))],
    ['the entries are cut', () => truncateSync(file(...LOGS), 10)],
    ['the summary is cut', () => truncateSync(file(...SUMMARY), 10)],
    ['the entries are others of the same length', () => writeFileSync(file(...LOGS), 'x'.repeat(120))],
    ['the state is half of one', () => truncateSync(file('analytics/2026-11-20/.summary_10.state.json'), 9)],
    ['a day is gone', () => rmSync(file('logs/2026-11-20'), { recursive: true })],
    ['everything is gone', () => rmSync(dir, { recursive: true })],
  ])('again when %s', async (_, damage) => {
    damage();
    await update();
    expect(filesOf()).toHaveLength(4);
    expect(entriesIn(file(...LOGS))).toHaveLength(1);
    expect(summaryIn(file(...SUMMARY)).total_requests).toBe(1);
  });

  it('no more when the store has lost some of it', async () => {
    await stores.maintenance.dropDaysBefore('9999-01-01', never);
    const before = marks();
    await update();
    expect(marks()).toEqual(before);
    rmSync(file(...LOGS));
    await update();
    expect(filesOf()).toHaveLength(3);
  });
});

describe('a run that does not end', () => {
  /** Gives what is stored, and then does what it is told. */
  function interrupted(then: () => Promise<void>): ArchiveSources {
    const entries = Object.create(stores.reader) as AccessReader;
    entries.hour = async function* (projectId, hour) {
      yield* stores.reader.hour(projectId, hour);
      await then();
    };
    return { ...sources, entries };
  }

  beforeEach(() => store([entry(TEN)]));

  it('leaves temporary files when it is killed, and the next one removes them', async () => {
    let reached = false;
    let goOn: () => void = () => undefined;
    const hang = () => {
      reached = true;
      return new Promise<void>((resolve) => (goOn = resolve));
    };
    const killed = new Archive(dir, interrupted(hang)).update(never);
    await until(() => reached);
    expect([filesOf(), temporary()]).toEqual([[], [expect.any(String)]]);
    await update();
    expect([filesOf().length, temporary()]).toEqual([2, []]);
    goOn();
    await expect(killed).rejects.toThrow('ENOENT');
  });

  it('leaves nothing when it is stopped or fails', async () => {
    const stop = new AbortController();
    const stopping = interrupted(() => Promise.resolve(stop.abort()));
    await new Archive(dir, stopping).update(stop.signal);
    expect([filesOf(), temporary()]).toEqual([[], []]);
    const failing = new Archive(
      dir,
      interrupted(() => Promise.reject(new Error('away'))),
    );
    await expect(failing.update(never)).rejects.toThrow('away');
    expect([filesOf(), temporary()]).toEqual([[], []]);
  });

  it('puts nothing in place of what retention took away meanwhile', async () => {
    await update();
    const before = marks();
    await store([entry(TEN)]);
    const drop = async () => void (await stores.maintenance.dropDaysBefore('9999-01-01', never));
    await new Archive(dir, interrupted(drop)).update(never);
    expect([marks(), temporary()]).toEqual([before, []]);
  });

  it('keeps no other hour from being written', async () => {
    await store([entry(TEN - HOUR)]);
    const entries = Object.create(stores.reader) as AccessReader;
    entries.hour = (projectId, hour) => {
      if (hour === TEN) throw new Error('this one');
      return stores.reader.hour(projectId, hour);
    };
    await expect(new Archive(dir, { ...sources, entries }).update(never)).rejects.toThrow('this one');
    expect(filesOf()).toEqual(['analytics/2026-11-20/summary_09.json', 'logs/2026-11-20/09.log.json']);
  });
});

describe('processes', () => {
  const running: ArchiveScheduler[] = [];
  let atWork = 0;
  let mostAtWork = 0;

  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });

  /** A process as the server is one, looking at its folder every 20 ms. */
  function start(folder: string): Counter {
    const turns = new FolderLease(folder, maintenance, lockFile);
    const entries = Object.create(stores.reader) as AccessReader;
    entries.hour = async function* (projectId, hour) {
      mostAtWork = Math.max(mostAtWork, ++atWork);
      yield* stores.reader.hour(projectId, hour);
      atWork--;
    };
    const runs = new Counter({ name: 'runs', help: 'runs', registers: [new Registry()] });
    const archive = new Archive(folder, { ...sources, entries });
    const scheduler = new ArchiveScheduler(turns, [archiveJob(archive, turns, 20, runs)]);
    scheduler.start();
    running.push(scheduler);
    return runs;
  }

  const runsOf = async (runs: Counter) => (await runs.get()).values[0].value;

  it('on one folder take turns, and each of them would do alone', async () => {
    await store(Array.from({ length: 24 }, (_, k) => entry(TEN - k * HOUR)));
    mostAtWork = 0;
    const [first, second] = [start(dir), start(dir)];
    await until(async () => (await runsOf(first)) > 0 && (await runsOf(second)) > 0);
    expect([mostAtWork, filesOf().length, temporary()]).toEqual([1, 48, []]);
    await running.shift()?.stop();
    await store([entry(TEN)]);
    await until(() => entriesIn(file(...LOGS)).length === 2);
  });

  it('on folders of their own fill each their own', async () => {
    await store([entry(TEN)]);
    const folders = ['a', 'b'].map((name) => file(name));
    folders.forEach(start);
    await until(() => folders.every((folder) => filesOfOrNone(folder).length === 2));
  });

  it('leave the folder to another that works in it, and come back', async () => {
    await store([entry(TEN)]);
    const turns = new FolderLease(dir, maintenance, lockFile);
    await turns.alone(async () => {
      const runs = start(dir);
      // the turn is refused: the folder has no id yet, and who has the lock makes it
      await until(() => runsOf(runs).then((n) => n === 0));
      expect(await turns.claim('other', 1)).toBe(false);
      expect(filesOf()).toEqual([]);
    });
    await until(() => filesOfOrNone(dir).length === 2);
  });
});

const filesOfOrNone = (folder: string) => {
  try {
    return filesOf(folder);
  } catch {
    return [];
  }
};

const canMount = process.getuid?.() === 0;
if (!canMount) {
  process.stderr.write('\n!!! NOT ROOT: the archive on a disk that is full or read-only is NOT TESTED\n\n');
}

(canMount ? describe : describe.skip)('a disk that takes nothing', () => {
  const mount = (...options: string[]) => execFileSync('mount', [...options, dir], { stdio: 'pipe' });

  beforeEach(async () => {
    mount('-t', 'tmpfs', '-o', 'size=256k', 'none');
    await store([entry(TEN), entry(TEN + HOUR)]);
  });

  afterEach(() => void execFileSync('umount', [dir]));

  it('because it is full keeps the old files whole, leaves nothing half-written, and is tried again', async () => {
    await update();
    const before = filesOf().map((name) => readFileSync(file(name), 'utf8'));
    const big = Array.from({ length: 1000 }, (_, k) => entry(TEN, { path: `/${k}`.padEnd(2000, 'x') }));
    await store(big);
    await expect(update()).rejects.toThrow('ENOSPC');
    expect(filesOf().map((name) => readFileSync(file(name), 'utf8'))).toEqual(before);
    expect(temporary()).toEqual([]);
    mount('-o', 'remount,size=16m');
    await update();
    expect(entriesIn(file(...LOGS))).toHaveLength(1001);
  });

  it('because it is read-only fails, and works once it is not', async () => {
    mount('-o', 'remount,ro');
    const turns = new FolderLease(dir, maintenance, lockFile);
    await expect(turns.claim('archive', 1)).rejects.toThrow('ARCHIVE_DIR');
    await expect(update()).rejects.toThrow('EROFS');
    mount('-o', 'remount,rw');
    expect(await turns.claim('archive', 1)).toBe(true);
    await update();
    expect(filesOf()).toHaveLength(4);
  });
});
