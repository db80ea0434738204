import type { DataSource, QueryRunner } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Counting1764300000000 } from '../../migrations/mysql/1764300000000-counting.js';
import { SketchParts1764420000000 } from '../../migrations/mysql/1764420000000-sketch-parts.js';
import { Cells } from '../../src/core/counting/cells.js';
import { CountedRecords } from '../../src/core/counting/counted-records.js';
import { Fold } from '../../src/core/counting/fold.js';
import { ACCESS, accessRow } from '../../src/core/counting/kind.js';
import { PendingBlocks } from '../../src/core/counting/pending-blocks.js';
import { onePoint } from '../../src/core/counting/time-cover.js';
import { ACCESS_DIMENSIONS } from '../../src/core/ports/access-stats.js';
import type { NewAccessEntry } from '../../src/core/records/access-entry.js';
import { formatRfc3339 } from '../../src/core/records/rfc3339.js';
import { DAY, HOUR, MINUTE } from '../../src/core/time.js';
import { Counter } from '../../src/storage/counting/counter.js';
import { RollupAccessStats } from '../../src/storage/counting/rollup-access-stats.js';
import { WindowCounts } from '../../src/storage/counting/window-counts.js';
import { MysqlCountStore } from '../../src/storage/mysql/counting/mysql-count-store.js';
import { connectForMigration, migrateDown, migrateUp } from '../../src/storage/mysql/migrate.js';
import { Mysql } from '../../src/storage/mysql/mysql.js';
import { scanCounts, scanMeasured, scanPoints, within } from '../support/access-scan.js';
import { newAccessEntry } from '../support/access-stores.js';
import { configOf } from '../support/config.js';
import type { TestDatabase } from '../support/database.js';
import { createMysqlDatabase } from '../support/mysql-database.js';
import { latencyOf } from '../support/near.js';
import { TestClock } from '../support/test-clock.js';
import { expectTop } from '../support/top-scan.js';

const NOW = Date.parse('2026-11-03T10:17:23.123Z') * 1000;
const clock = new TestClock(NOW / 1000);

let database: TestDatabase;
let source: DataSource;
let db: QueryRunner;

beforeAll(async () => {
  database = await createMysqlDatabase();
  source = await connectForMigration(database.url);
  await migrateUp(source);
  while ((await migrateDown(source)) !== 'Counting1764300000000');
  // the only connection there is, from here on
  db = source.createQueryRunner();
  await db.query(`set time_zone = '+00:00'`);
});

afterAll(async () => {
  await db?.release();
  await source?.destroy();
  await database?.drop();
});

const paths = ['/', '/a', '/A', '/a ', '/"\\\'\u0001😀', 'é'.repeat(1024), null];
const entries: NewAccessEntry[] = Array.from({ length: 900 }, (_, n) =>
  newAccessEntry({
    projectId: (n % 3) + 1,
    timestamp: NOW - Math.floor(n ** 2.4 * 120_000) - n,
    createdAt: NOW - (n % 4) * DAY,
    path: n % 7 === 0 ? `/${n}${'x'.repeat(1_990)}` : paths[n % paths.length],
    method: ['GET', 'POST', null][n % 3],
    status: [200, 304, 404, 500, null][n % 5],
    latencyMs: n % 4 === 0 ? null : (n * 37) / 7,
    ip: n % 6 === 0 ? null : `192.0.2.${n % 200}`,
    userAgent: ['curl/8', null][n % 2],
  }),
);
/** Of one bucket more than 500,000 characters: in several parts. */
const many = Array.from({ length: 400 }, (_, n) =>
  newAccessEntry({ createdAt: NOW, timestamp: NOW - n * 1_000, path: `/many/${n}${'"'.repeat(1_980)}` }),
);
const counted = [...entries.slice(0, 700), ...many];
const waiting = entries.slice(700);
const all = [...counted, ...waiting];

const datetime = (micros: number) => formatRfc3339(micros).replace('T', ' ').slice(0, -1);
const date = (day: number) => datetime(day * DAY).slice(0, 10);

/** As the version before stored them: what was counted, and what was not yet. */
async function fillOldTables(): Promise<void> {
  const records = CountedRecords.fromRows(ACCESS, counted.map(accessRow));
  const fold = new Fold(ACCESS, { counts: NOW - 9 * DAY, sketches: NOW }, (_, i, dimension) =>
    records.value(i, dimension),
  );
  for (const i of records.inOrder()) fold.add(records, i);
  fold.end();
  const rollups: unknown[][] = [];
  const latency: unknown[][] = [];
  for (const { counts, histograms, ...key } of fold.take().rows) {
    const where = [key.projectId, key.tier, datetime(key.bucket).slice(0, 19), date(key.day)] as const;
    for (const [i, { name }] of ACCESS.dimensions.entries()) {
      const cells = new Cells();
      if (counts[i] !== null) cells.mergeCounts(counts[i]);
      if (histograms[i] !== null) cells.mergeHistograms(histograms[i]);
      for (const [value, { n, errors, timed, sum, max, histogram }] of cells.entries()) {
        const [project, tier, bucket, day] = where;
        rollups.push([project, name, tier, bucket, Buffer.from(value), day, n, errors, timed, sum, max]);
        if (name === 'all' && histogram)
          latency.push([...where, timed, sum, max, bytesOf(...histogram.columns())]);
      }
    }
  }
  await db.query(
    `insert into access_rollups
      (project_id, dimension, tier, bucket, value, day, n, errors, duration_n, duration_sum, duration_max) values ?`,
    [rollups],
  );
  await db.query('insert into access_latency values ?', [latency]);
  const deltas = waiting.map((entry) => [
    ...[datetime(entry.timestamp), entry.latencyMs, entry.projectId, datetime(entry.createdAt).slice(0, 10)],
    ...[entry.status, entry.ip, entry.method, entry.path, entry.userAgent],
  ]);
  await db.query(
    `insert into access_deltas (timestamp, latency_ms, project_id, day, status, ip, method, path, user_agent) values ?`,
    [deltas],
  );
}

function bytesOf(bins: readonly number[], counts: readonly number[]): Buffer {
  const bytes = Buffer.alloc(1 + bins.length * 10);
  let at = bytes.writeUInt8(1);
  for (const [i, bin] of bins.entries()) at = bytes.writeDoubleBE(counts[i], bytes.writeInt16BE(bin, at));
  return bytes;
}

/** What readers from outside are told. */
async function told(): Promise<unknown[]> {
  return [
    await db.query(`
      select project_id, dimension, tier, time, md5(value), sum(n), sum(errors), sum(duration_n), round(sum(duration_sum), 6),
        max(duration_max)
      from grafana_access_counts group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`),
    await db.query(`
      select project_id, tier, time, bin, cast(sum(n) as double) as n from grafana_access_latency
      group by project_id, tier, time, bin order by project_id, tier, time, bin`),
    await db.query(`
      select distinct project_id, tier, time, hex(hash), register, rank from grafana_access_hashes
      order by project_id, tier, time, hex(hash)`),
  ];
}

/** A runner whose connection is lost before a statement that changes something and that is not in `cut` yet. */
function losing(cut: Set<string>): QueryRunner {
  let packed = 0;
  const query = (...args: Parameters<QueryRunner['query']>) => {
    const statement = args[0].trim().slice(0, 60);
    const isPacking = statement.startsWith('insert into access_packed');
    if (isPacking) packed++;
    if (statement.startsWith('select') || cut.has(isPacking ? 'packing' : statement))
      return db.query(...args);
    if (isPacking && packed < 5) return db.query(...args);
    cut.add(isPacking ? 'packing' : statement);
    return Promise.reject(new Error('cut off'));
  };
  return { query } as QueryRunner;
}

it('everything that is counted, or waits for it, is so after the migration, wherever it was cut off', async () => {
  await fillOldTables();
  const before = await told();
  expect(before.map((rows) => (rows as unknown[]).length > 50)).toEqual([true, true, true]);

  const cut = new Set<string>();
  for (let isDone = false; !isDone;) {
    try {
      await new Counting1764300000000().up(losing(cut));
      isDone = true;
    } catch (error) {
      expect((error as Error).message).toBe('cut off');
      await db.query('rollback');
    }
  }
  // tables, what was packed before, packing in its middle, the rename, four statements of a block, views, what is dropped
  expect(cut.size).toBe(10);
  const [{ parts }] = (await db.query('select max(part) as parts from access_rollups')) as {
    parts: number;
  }[];
  expect(parts).toBeGreaterThan(0);
  expect(await told()).toEqual(before);
  await new SketchParts1764420000000().up(db);

  const mysql = await Mysql.connect(configOf(), database.url);
  const store = new MysqlCountStore(mysql, () =>
    Promise.resolve(new Map([1, 2, 3].map((id) => [`${id}`, id]))),
  );
  const pending = new PendingBlocks(ACCESS);
  const windows = new WindowCounts(store, pending);
  const stats = new RollupAccessStats(windows, clock);
  const check = async () => {
    for (const projectId of [1, 2, 3]) {
      const ofProject = all.filter((entry) => entry.projectId === projectId);
      const week = { from: Math.floor((NOW - 7 * DAY) / HOUR) * HOUR, to: Math.ceil(NOW / HOUR) * HOUR };
      for (const dimension of ACCESS_DIMENSIONS) {
        const counts = await stats.counts(projectId, week, dimension);
        expect(new Map(counts.map(({ value, count }) => [value, count]))).toEqual(
          scanCounts(within(ofProject, week), dimension),
        );
        const request = { dimension, order: 'max_ms', limit: 5 } as const;
        const scanned = scanMeasured(within(ofProject, week), dimension);
        const top = await stats.top(projectId, week, request);
        expectTop(top, scanned, within(ofProject, week).length, request);
      }
      const from = Math.floor((NOW - HOUR) / MINUTE) * MINUTE;
      const starts = Array.from({ length: 60 }, (_, n) => from + n * MINUTE);
      const hour = { from, to: Math.ceil(NOW / MINUTE) * MINUTE, starts };
      expect(await stats.series(projectId, hour)).toEqual(
        scanPoints(ofProject, hour).map(({ length }) => length),
      );
      const { total } = await stats.latency(projectId, onePoint(week));
      expect(total).toEqual(latencyOf(within(ofProject, week).flatMap(({ latencyMs }) => latencyMs ?? [])));
    }
  };
  try {
    await check();
    await new Counter(store, pending).count({ now: NOW, maxNames: 10_000 });
    expect(await store.backlog()).toEqual([]);
    await check();
  } finally {
    await mysql.close();
  }
});
