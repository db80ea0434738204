import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoldedRecords } from '../../src/core/counting/admission.js';
import { accessRow, MAX_COUNTED_BYTES } from '../../src/core/counting/kind.js';
import { onePoint, type Window } from '../../src/core/counting/time-cover.js';
import { TOP_ORDERS } from '../../src/core/counting/top.js';
import {
  ACCESS_DIMENSIONS,
  HOUR_DIMENSIONS,
  MINUTE_DIMENSIONS,
  type AccessDimension,
  type AccessStats,
  type AccessWindow,
} from '../../src/core/ports/access-stats.js';
import type { AccessStore } from '../../src/core/ports/access-store.js';
import type { NewAccessEntry } from '../../src/core/records/access-entry.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import type { Micros } from '../../src/core/time.js';
import { DAY, HOUR, MINUTE } from '../../src/core/time.js';
import {
  scanCounts,
  scanIps,
  scanMeasured,
  scanPoints,
  scanStatuses,
  within,
} from '../support/access-scan.js';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';
import { latencyOf, near } from '../support/near.js';
import { runs } from '../support/property-runs.js';
import { TestClock } from '../support/test-clock.js';
import { expectTop } from '../support/top-scan.js';
import { until } from '../support/until.js';

const QUARTER = 15 * MINUTE;
const NOW = parseRfc3339('2026-11-03T10:17:23.123Z')!;

let stores: AccessStores;
let store: AccessStore;
let stats: AccessStats;
let projects = 0;

beforeAll(async () => {
  stores = await openAccessStores();
  store = stores.process().store;
  stats = stores.stats(new TestClock(NOW / 1000));
});

afterAll(() => stores.close());

const newProject = () => stores.addProject(`p${++projects}`);

/** Counts all there is, as often as it takes: somebody else may be at it. Gives what had no room. */
async function compacted(maxNames = 10_000): Promise<FoldedRecords[]> {
  const folded: FoldedRecords[] = [];
  await until(async () => {
    folded.push(...(await stores.counter.count({ now: NOW, maxNames })));
    return (await stores.count('access_blocks')) === 0;
  });
  return folded;
}

function entryOf(projectId: number, entry: Partial<NewAccessEntry>): NewAccessEntry {
  return newAccessEntry({ projectId, timestamp: NOW, createdAt: NOW, ...entry });
}

function floorTo(time: Micros, width: Micros): Micros {
  return Math.floor(time / width) * width;
}

// Around what may go wrong: edges of buckets, how far minutes reach, clocks that are ahead, what came weeks late.
const aTimestamp = fc.oneof(
  fc.integer({ min: NOW - 2 * HOUR, max: NOW }),
  fc.integer({ min: NOW - 4 * HOUR, max: NOW + DAY }),
  fc.integer({ min: NOW - 40 * DAY, max: NOW }),
  fc.integer({ min: NOW - 9 * DAY, max: NOW - 7 * DAY }),
  fc
    .tuple(fc.integer({ min: -40 * 96, max: 1 }), fc.integer({ min: -1, max: 1 }))
    .map(([quarters, off]) => floorTo(NOW, QUARTER) + quarters * QUARTER + off),
);

const longest = 'é'.repeat(MAX_COUNTED_BYTES / 2);
const anEntry = fc
  .record({
    timestamp: aTimestamp,
    createdAt: fc.integer({ min: NOW - 3 * DAY, max: NOW }),
    ip: fc.option(fc.integer({ min: 0, max: 60 }).map((n) => (n % 2 ? `192.0.2.${n}` : `2001:db8::${n}`))),
    method: fc.option(fc.constantFrom('GET', 'POST', 'DELETE')),
    path: fc.option(
      fc.constantFrom('/', '/a', '/A', '/a ', 'ä%_', longest, `${longest}/`, '🙂'.repeat(1024)),
    ),
    status: fc.option(fc.constantFrom(200, 204, 301, 399, 400, 404, 500, 599)),
    latencyMs: fc.option(fc.oneof(fc.double({ min: 0.01, max: 1e5, noNaN: true }), fc.constantFrom(0, 1e15))),
    userAgent: fc.option(fc.constantFrom('', 'curl/8', 'Mozilla/5.0 (X11)', '🙂'.repeat(600))),
  })
  // a timestamp is at most a day after receipt
  .map((entry) => ({ ...entry, createdAt: Math.max(entry.createdAt, entry.timestamp - DAY) }));

/** A window in whole `unit`s that begins no earlier than `first`, cut into points. */
function aWindow(unit: Micros, first: Micros): fc.Arbitrary<Window> {
  const earliest = Math.ceil(first / unit);
  const latest = Math.floor(NOW / unit) + Math.ceil(DAY / unit);
  return fc
    .record({
      from: fc.integer({ min: earliest, max: latest }),
      length: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: latest - earliest })),
      step: fc.constantFrom(1, 4, 60, 672),
    })
    .map(({ from, length, step }) => {
      const wide = Math.max(step, Math.ceil(length / 200));
      const starts = Array.from({ length: Math.ceil(length / wide) }, (_, n) => (from + n * wide) * unit);
      return { from: from * unit, to: (from + length) * unit, starts };
    });
}

const anyMinutes = aWindow(MINUTE, NOW - 8 * DAY);
const lateMinutes = aWindow(MINUTE, NOW - 2 * HOUR);
const anyQuarters = aWindow(QUARTER, NOW - 41 * DAY);
const anyHours = aWindow(HOUR, NOW - 41 * DAY);

/** As GET /stats asks: all end with the current minute. */
function range(length: Micros, step: Micros): Window {
  const to = floorTo(NOW, MINUTE) + MINUTE;
  const from = floorTo(to - length, step);
  const starts = Array.from({ length: Math.ceil((to - from) / step) }, (_, n) => from + n * step);
  return { from, to, starts };
}
const aRange = fc.constantFrom(range(HOUR, MINUTE), range(DAY, QUARTER), range(7 * DAY, HOUR));

const someQuestions = fc.record({
  counted: fc.array(fc.oneof(anyMinutes, anyQuarters, aRange), { minLength: 3, maxLength: 3 }),
  byHours: anyHours,
  unique: fc.array(fc.oneof(lateMinutes, anyQuarters, aRange), { minLength: 3, maxLength: 3 }),
});
type Questions = typeof someQuestions extends fc.Arbitrary<infer T> ? T : never;

/** Every number of a project equals what a scan of its entries finds. */
async function expectScan(
  projectId: number,
  entries: readonly NewAccessEntry[],
  asked: Questions,
): Promise<void> {
  for (const window of asked.counted) {
    const points = scanPoints(entries, window);
    expect(await stats.series(projectId, window)).toEqual(points.map((point) => point.length));
    const some = within(entries, window);
    expect(await stats.statuses(projectId, window)).toEqual(points.map(scanStatuses));
    const latency = (of: readonly NewAccessEntry[]) => latencyOf(of.flatMap((e) => e.latencyMs ?? []));
    expect(await stats.latency(projectId, window)).toEqual({
      total: latency(some),
      series: points.map(latency),
    });
    for (const dimension of MINUTE_DIMENSIONS) await expectCounts(projectId, window, dimension, some);
  }
  for (const dimension of HOUR_DIMENSIONS) {
    await expectCounts(projectId, asked.byHours, dimension, within(entries, asked.byHours));
  }
  for (const window of asked.unique) {
    expect(await stats.uniqueIps(projectId, window)).toEqual({
      total: scanIps(within(entries, window)),
      series: scanPoints(entries, window).map(scanIps),
    });
  }
}

async function expectCounts(
  projectId: number,
  window: AccessWindow,
  dimension: AccessDimension,
  entries: readonly NewAccessEntry[],
): Promise<void> {
  const found = await stats.counts(projectId, window, dimension);
  expect(new Map(found.map(({ value, count }) => [value, count]))).toEqual(scanCounts(entries, dimension));
  const counts = found.map(({ count }) => count);
  expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  const request = { dimension, order: TOP_ORDERS[entries.length % 4], limit: 1 + (entries.length % 9) };
  const top = await stats.top(projectId, window, request);
  expectTop(top, scanMeasured(entries, dimension), entries.length, request);
}

describe('every number equals a scan of the entries', () => {
  it('whatever was asked, before, while and after entries are counted, in two projects', async () => {
    const rounds = fc.array(fc.array(fc.tuple(anEntry, fc.boolean()), { minLength: 1, maxLength: 150 }), {
      minLength: 2,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(rounds, someQuestions, async (batches, asked) => {
        const ids = [await newProject(), await newProject()];
        const entries: NewAccessEntry[] = [];
        const expectBoth = async () => {
          for (const id of ids) {
            await expectScan(
              id,
              entries.filter(({ projectId }) => projectId === id),
              asked,
            );
          }
        };
        for (const batch of batches) {
          const added = batch.map(([entry, first]) => entryOf(ids[first ? 0 : 1], entry));
          await store.append(added);
          entries.push(...added);
          await expectBoth();
          const running = Promise.all([compacted(), compacted()]);
          await expectBoth();
          await running;
        }
        await expectBoth();
      }),
      { numRuns: runs(12) },
    );
  });

  it('of all entries, where rows are kept of failures only', async () => {
    const failures = stores.process({ keep: 'errors' }).store;
    await fc.assert(
      fc.asyncProperty(fc.array(anEntry, { maxLength: 100 }), someQuestions, async (some, asked) => {
        const id = await newProject();
        const entries = some.map((entry) => entryOf(id, entry));
        await failures.append(entries);
        await compacted();
        await expectScan(id, entries, asked);
      }),
      { numRuns: runs(5) },
    );
  });
});

describe('a window', () => {
  const windows: [string, (id: number) => Promise<unknown>][] = [
    ['half a minute', (id) => stats.series(id, { from: NOW, to: NOW + HOUR, starts: [NOW] })],
    [
      'half a quarter long ago',
      (id) => stats.series(id, { ...minutesAgo(9 * 1440 + 7, 9 * 1440), starts: [0] }),
    ],
    ['minutes of paths', (id) => stats.counts(id, minutesAgo(30, 0), 'path')],
    ['minutes of addresses three hours ago', (id) => stats.uniqueIps(id, onePoint(minutesAgo(187, 181)))],
  ];

  function minutesAgo(from: number, to: number): AccessWindow {
    const now = floorTo(NOW, MINUTE);
    return { from: now - from * MINUTE, to: now - to * MINUTE };
  }

  it.each(windows)('that the rollups have no answer for is refused: %s', async (_, ask) => {
    await expect(ask(1)).rejects.toThrow(RangeError);
  });

  it('without entries has nothing in it', async () => {
    const id = await newProject();
    const window = range(DAY, QUARTER);
    const nothing = window.starts.map(() => 0);
    expect(await stats.series(id, window)).toEqual(nothing);
    expect(await stats.uniqueIps(id, window)).toEqual({ total: 0, series: nothing });
    expect(await stats.counts(id, window, 'status')).toEqual([]);
    expect(await stats.statuses(id, window)).toEqual(window.starts.map(() => scanStatuses([])));
    const none = latencyOf([]);
    expect(await stats.latency(id, window)).toEqual({ total: none, series: nothing.map(() => none) });
    const request = { dimension: 'status', order: 'count', limit: 10 } as const;
    expect(await stats.top(id, window, request)).toEqual({ values: [], other: 0, total: 0 });
  });
});

describe('names beyond the cap', () => {
  const window = range(HOUR, MINUTE);
  const hours = { from: floorTo(window.from, HOUR), to: floorTo(window.to, HOUR) + HOUR };

  it('are counted as (other), the most frequent by name, and add up', async () => {
    const id = await newProject();
    const names = Array.from({ length: 10 }, (_, i) => Array.from({ length: 10 - i }, () => `/${i}`)).flat();
    await store.append(names.map((path) => entryOf(id, { path, userAgent: `agent ${path}` })));
    await compacted(3);
    await store.append([entryOf(id, { path: '/late', userAgent: null })]);
    expect(await stats.counts(id, hours, 'path')).toContainEqual({ value: '/late', count: 1 });
    await compacted(3);
    expect(await stats.counts(id, hours, 'path')).toEqual([
      { value: '(other)', count: 29 },
      { value: '/0', count: 10 },
      { value: '/1', count: 9 },
      { value: '/2', count: 8 },
    ]);
    expect(await stats.counts(id, hours, 'user_agent')).toContainEqual({ value: '', count: 1 });
    const top = await stats.top(id, hours, { dimension: 'path', order: 'count', limit: 2 });
    expect(top).toMatchObject({ values: [{ value: '/0' }, { value: '/1' }], other: 37, total: 56 });
  });

  it('unless an earlier day knows them: those have room of their own, the most frequent of them', async () => {
    const id = await newProject();
    const on = (createdAt: Micros, paths: readonly string[]) =>
      paths.map((path) => entryOf(id, { path, createdAt, userAgent: null, ip: null }));
    await store.append(on(NOW - 8 * DAY, ['/forgotten']));
    await store.append(on(NOW - 7 * DAY, ['/a', '/b']));
    await store.append(on(NOW - DAY, ['/c', '/d']));
    expect(await compacted(2)).toEqual([]);
    await store.append(on(NOW, ['/noise1', '/noise2', '/noise2']));
    expect(await compacted(2)).toEqual([]);
    await store.append(
      on(NOW, ['/a', '/b', '/b', '/c', '/d', '/d', '/forgotten', '/noise1', '/noise3', '/noise3', '/noise3']),
    );
    const folded = await compacted(2);
    const day = new Date(NOW / 1000).toISOString().slice(0, 10);
    // of the known /b and /d: /a and /c have no more room
    expect(folded).toEqual([{ projectId: id, day, dimension: 'path', records: 6 }]);
    const counts = Object.fromEntries(
      (await stats.counts(id, hours, 'path')).map(({ value, count }) => [value, count]),
    );
    expect(counts).toEqual({
      '/forgotten': 1,
      '/a': 1,
      '/b': 3,
      '/c': 1,
      '/d': 3,
      '/noise1': 2,
      '/noise2': 2,
      '(other)': 6,
    });
  });

  it('whatever they are: sums are those of a scan, and each name has at most what it has', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anEntry, { maxLength: 80 }), { minLength: 1, maxLength: 3 }),
        anyHours,
        fc.integer({ min: 1, max: 4 }),
        async (batches, window, maxNames) => {
          const id = await newProject();
          const entries: NewAccessEntry[] = [];
          for (const batch of batches) {
            const added = batch.map((entry) => entryOf(id, entry));
            entries.push(...added);
            await store.append(added);
            await compacted(maxNames);
          }
          for (const dimension of ACCESS_DIMENSIONS) {
            const truth = scanCounts(within(entries, window), dimension);
            const found = await stats.counts(id, window, dimension);
            const sum = (counts: Iterable<number>) => [...counts].reduce((a, b) => a + b, 0);
            expect(sum(found.map(({ count }) => count))).toBe(sum(truth.values()));
            for (const { value, count } of found) {
              if (value !== '(other)') expect(count).toBeLessThanOrEqual(truth.get(value) ?? 0);
              if (dimension === 'status' || dimension === 'method') expect(count).toBe(truth.get(value));
            }
          }
        },
      ),
      { numRuns: runs(12) },
    );
  });
});

describe('unique addresses', () => {
  it('are exact below 10,000 and within 2 % beyond, by point and in all', async () => {
    const id = await newProject();
    const window = range(DAY, QUARTER);
    // 9,000 in one quarter of an hour, 33,000 in another, 6,000 of these in both
    const [few, many] = [window.starts[40], window.starts[60]];
    const addresses = (from: number, count: number, timestamp: Micros) =>
      Array.from({ length: count }, (_, i) =>
        entryOf(id, {
          ip: `10.${(from + i) >> 16}.${((from + i) >> 8) & 255}.${(from + i) & 255}`,
          timestamp,
        }),
      );
    const entries = [...addresses(0, 9_000, few), ...addresses(3_000, 33_000, many + MINUTE)];
    for (let at = 0; at < entries.length; at += 3000) await store.append(entries.slice(at, at + 3000));
    for (const compact of [false, true]) {
      if (compact) await compacted();
      const { total, series } = await stats.uniqueIps(id, window);
      expect(total).toEqual(near(36_000, 0.02));
      expect([series[40], series[60]]).toEqual([9_000, near(33_000, 0.02)]);
      const alone = onePoint({ from: few, to: few + QUARTER });
      expect(await stats.uniqueIps(id, alone)).toEqual({ total: 9_000, series: [9_000] });
    }
    await store.append(addresses(0, 9_001, few));
    expect((await stats.uniqueIps(id, window)).series[40]).toBe(9_001);
  });

  it('and of 200,000', async () => {
    const id = await newProject();
    const window = range(7 * DAY, HOUR);
    // 5,000 in each of 40 hours; past the append, which would take most of this test's time
    const times = window.starts.slice(0, 160).filter((_, hour) => hour % 4 === 0);
    for (const [hour, time] of times.entries()) {
      const rows = Array.from({ length: 5_000 }, (_, n) =>
        accessRow(entryOf(id, { timestamp: time, createdAt: time, ip: `h${hour}-${n}` })),
      );
      await stores.sql(`insert into access_blocks (size, records) values (5000, '${JSON.stringify(rows)}')`);
    }
    await compacted();
    const { total, series } = await stats.uniqueIps(id, window);
    expect(total).toEqual(near(200_000, 0.02));
    expect(series).toEqual(window.starts.map((start) => (times.includes(start) ? 5000 : 0)));
  });
});
