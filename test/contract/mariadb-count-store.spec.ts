import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Cells } from '../../src/core/counting/cells.js';
import type { BucketRow, CountStore, CountTransaction } from '../../src/core/counting/count-store.js';
import { CountedRecords } from '../../src/core/counting/counted-records.js';
import { ACCESS, dimensionIndex } from '../../src/core/counting/kind.js';
import { PendingBlocks } from '../../src/core/counting/pending-blocks.js';
import type { Tier } from '../../src/core/counting/time-cover.js';
import { UniqueSketch } from '../../src/core/counting/unique-sketch.js';
import { DAY, HOUR } from '../../src/core/time.js';
import { Counter } from '../../src/storage/counting/counter.js';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';

const NOW = Date.parse('2026-11-03T10:17:23.123Z') * 1000;
const TODAY = Math.floor(NOW / DAY);
const BUCKET = Math.floor(NOW / HOUR) * HOUR;
const never = new AbortController().signal;
const PATH = dimensionIndex(ACCESS, 'path');
const ALL = 0;

let stores: AccessStores;
let counted: CountStore;

beforeAll(async () => {
  stores = await openAccessStores();
  counted = stores.counted;
});

afterEach(() => stores.clear());

afterAll(() => stores?.close());

const key = { projectId: 1, tier: 60 as Tier, bucket: BUCKET, day: TODAY };
const run = [{ tier: 60 as Tier, from: BUCKET, to: BUCKET + HOUR }];

function rowOf(counts: Record<number, string>, histograms: Record<number, string> = {}): BucketRow {
  return {
    ...key,
    counts: ACCESS.dimensions.map((_, i) => counts[i] ?? null),
    histograms: ACCESS.dimensions.map((_, i) => histograms[i] ?? null),
  };
}

const append = (count: number, of: Parameters<typeof newAccessEntry>[0] = {}, process = stores.process()) =>
  process.store.append(
    Array.from({ length: count }, (_, n) =>
      newAccessEntry({ createdAt: NOW, timestamp: NOW - (n % 600) * 1_000_000, path: `/${n % 30}`, ...of }),
    ),
  );

/** What a look at the totals and at what is not in them gives, for all entries of project 1. */
async function seen(): Promise<number> {
  const { found, pending } = await counted.totals(1, 'all', null);
  const blocks = await counted.blocks(pending);
  // one of them was counted in between
  if (blocks.length < pending.length) return seen();
  return found.reduce((sum, { n }) => sum + n, 0) + blocks.reduce((sum, { rows }) => sum + rows.length, 0);
}

describe('rows of rollups', () => {
  it('are added to what is there, and put in its place', async () => {
    const histogram = '[["",[1,2],[3,4]]]';
    const first = rowOf({ [ALL]: '[["",1,0]]', [PATH]: '[["/a\\u0001\\"\\\\😀",1,0]]' });
    const second = rowOf({ [ALL]: '[["",2,1,2,3.5,2.25]]' }, { [ALL]: histogram });
    const other = { ...key, day: TODAY - 1 };
    await counted.count(async (transaction) => {
      expect(await transaction.addParts([first, { ...first, ...other }])).toEqual([]);
      expect(await transaction.addParts([second])).toMatchObject([{ key, parts: 2 }]);
      expect(await transaction.parts([other, { ...key, tier: 1440 }, key])).toEqual([
        [{ ...first, ...other }],
        [],
        [first, second],
      ]);
    });
    const bucket = BUCKET;
    expect(await counted.cells(1, 'all', run, true)).toEqual({
      found: expect.arrayContaining([
        { bucket, counts: '[["",1,0]]', histograms: null },
        { bucket, counts: '[["",2,1,2,3.5,2.25]]', histograms: histogram },
      ]),
      pending: [],
      ends: [],
    });
    await counted.count(async (transaction) => {
      await transaction.replaceParts([second]);
      expect(await transaction.parts([key, other])).toEqual([[second], [{ ...first, ...other }]]);
    });
    expect((await counted.cells(1, 'ip', run, true)).found).toEqual([]);
    expect((await counted.cells(2, 'all', run, true)).found).toEqual([]);
    expect((await counted.cells(1, 'all', [], true)).found).toEqual([]);
    await expect(counted.cells(1, 'all', [{ ...run[0], tier: 0 }], true)).rejects.toThrow(RangeError);
  });

  it('hold more cells than a packet of the server does', async () => {
    const cells = (count: number, n: number) => {
      const many = new Cells();
      for (let i = 0; i < count; i++) many.of(`/${i}${'"'.repeat(1_990)}`).addCounts(n, 0, 0, 0, null);
      return many.countsJson();
    };
    const [{ packet }] = await stores.sql<{ packet: number }>('select @@max_allowed_packet as packet');
    const most = cells(5_000, 1);
    expect(most.length * 2).toBeGreaterThan(packet);
    const stored = async () => {
      const merged = new Cells();
      for (const { counts } of (await counted.cells(1, 'path', run, false)).found) {
        merged.mergeCounts(counts!);
      }
      return merged.countsJson();
    };
    await counted.count(async (transaction) => {
      await transaction.addParts([rowOf({ [PATH]: most, [ALL]: '[["",5000,0]]' })]);
      const parts = await transaction.parts([key]);
      expect(parts[0].length).toBeGreaterThan(1);
      expect(parts[0].map(({ counts }) => counts[ALL]).filter(Boolean)).toEqual(['[["",5000,0]]']);
    });
    expect(await stored()).toBe(most);
    // fewer than before: none of the old ones stays
    await counted.count((transaction) => transaction.replaceParts([rowOf({ [PATH]: cells(600, 2) })]));
    expect(await stored()).toBe(cells(600, 2));
  });

  it('are of times before 1970 and of the last year too', async () => {
    const keys = [Date.parse('0001-01-01') * 1000, -HOUR, Date.parse('9999-12-31T23:00:00Z') * 1000].map(
      (bucket) => ({ ...key, bucket }),
    );
    await counted.count(async (transaction) => {
      const rows = keys.map((one) => ({ ...rowOf({ [ALL]: '[["",1,0]]' }), ...one }));
      await transaction.addParts(rows);
      expect((await transaction.addParts(rows)).map((divided) => divided.key)).toMatchObject(keys);
      expect(await transaction.parts(keys)).toEqual(rows.map((row) => [row, row]));
    });
    const from = keys[0].bucket;
    const all = await counted.cells(1, 'all', [{ tier: 60, from, to: keys[2].bucket + HOUR }], false);
    expect(all.found.map(({ bucket }) => bucket)).toEqual(keys.flatMap(({ bucket }) => [bucket, bucket]));
  });
});

it('values are told apart byte by byte', async () => {
  const names = { projectId: 1, day: TODAY, dimension: 'path' };
  const values = ['/a', '/A', '/a ', '/ä', '/a\u0308', '/\\', "/'", '/%', '/😀', '', '(other)'];
  await counted.count(async (transaction) => {
    await transaction.addTotals(values.slice(0, -1).map((value, n) => ({ ...names, value, n: n + 1 })));
    await transaction.addTotals([{ ...names, value: '/A', n: 10 }]);
    expect(new Set(await transaction.known(names, [...values, '/b']))).toEqual(new Set(values.slice(0, -1)));
    expect(await transaction.taken(names)).toBe(9);
    expect(await transaction.known({ ...names, day: TODAY + 1 }, values)).toEqual([]);
    expect(await transaction.remembered({ ...names, day: TODAY + 7 }, ['/a', '/b'], 7)).toEqual(['/a']);
    expect(await transaction.remembered({ ...names, day: TODAY + 8 }, ['/a', '/b'], 7)).toEqual([]);
    expect(await transaction.remembered(names, ['/a'], 7)).toEqual([]);
  });
  expect((await counted.totals(1, 'path', ['/A', '/b'])).found).toEqual([{ value: '/A', n: 12 }]);
  expect((await counted.totals(1, 'path', null)).found).toHaveLength(10);
});

it('sketches are given back, by their estimates alone or whole', async () => {
  const sketch = new UniqueSketch();
  for (let n = 0; n < 300; n++) sketch.add(n * 7_919, n);
  const bytes = sketch.toBytes();
  const keys = Array.from({ length: 30 }, (_, n) => ({ ...key, bucket: BUCKET - n * HOUR, kind: 'ip' }));
  const empty = new UniqueSketch().toBytes();
  await counted.count(async (transaction) => {
    await transaction.replaceSketches(keys.map((one) => ({ ...one, sketch: empty })));
    await transaction.replaceSketches(keys.slice(1).map((one) => ({ ...one, sketch: bytes })));
    const estimates = (await transaction.sketchParts(keys.slice(0, 2))).map((parts) =>
      parts.map((part) => UniqueSketch.fromBytes(part).estimate()),
    );
    expect(estimates).toEqual([[0], [300]]);
  });
  const pieces = [{ tier: 60 as Tier, from: BUCKET - HOUR, to: BUCKET + HOUR }];
  expect((await counted.estimates(1, 'ip', pieces)).found).toEqual([
    { bucket: BUCKET - HOUR, estimate: 300 },
    { bucket: BUCKET, estimate: 0 },
  ]);
  const [{ sketch: whole }] = (await counted.sketches(1, 'ip', pieces)).found;
  expect(UniqueSketch.fromBytes(whole).estimate()).toBe(300);
});

it('sketches have parts until they are replaced by one', async () => {
  const [one, other] = [1, 2].map((n) => {
    const sketch = new UniqueSketch();
    sketch.add(n, n);
    return { ...key, kind: 'ip', sketch: sketch.toBytes() };
  });
  const next = { ...one, bucket: BUCKET + HOUR };
  await counted.count(async (transaction) => {
    expect(await transaction.addSketchParts([one, next])).toEqual([]);
    expect(await transaction.addSketchParts([other])).toEqual([{ key: { ...key, kind: 'ip' }, parts: 2 }]);
    expect(await transaction.sketchParts([next, other])).toEqual([[one.sketch], [one.sketch, other.sketch]]);
  });
  const pieces = [{ tier: 60 as Tier, from: BUCKET, to: BUCKET + HOUR }];
  expect((await counted.estimates(1, 'ip', pieces)).found).toHaveLength(2);
  await counted.count(async (transaction) => {
    await transaction.replaceSketches([other]);
    expect(await transaction.sketchParts([one, next])).toEqual([[other.sketch], [one.sketch]]);
  });
});

describe('blocks', () => {
  it('are listed, oldest first, until they have so many records', async () => {
    const process = stores.process();
    for (const count of [3, 5, 7]) await append(count, {}, process);
    const listed = await counted.backlog();
    expect(listed.map(({ size }) => size)).toEqual([3, 5, 7]);
    for (const { ageMs } of listed) {
      expect(ageMs).toBeGreaterThanOrEqual(0);
      expect(ageMs).toBeLessThan(60_000);
    }
    const ids = listed.map(({ id }) => id);
    expect(process.pending.ids()).toEqual(ids);
    const { here } = process.pending.of(ids);
    const read = await counted.blocks(ids);
    expect(read.map(({ rows }) => CountedRecords.fromRows(ACCESS, rows))).toEqual(here);
    await counted.count(async (transaction) => {
      const sizes = async (records: number) => (await transaction.oldest(records)).map(({ size }) => size);
      expect(await sizes(1)).toEqual([3]);
      expect(await sizes(3)).toEqual([3]);
      expect(await sizes(4)).toEqual([3, 5]);
      expect(await sizes(100)).toEqual([3, 5, 7]);
      expect(await transaction.projects([1, 999])).toEqual(new Set([1]));
    });
    expect(await counted.blocks([ids[1], 999_999])).toHaveLength(1);
  });

  it('that fail to be counted stay, and nothing of the rest', async () => {
    await append(5);
    const failing = counted.count(async (transaction) => {
      await transaction.addParts([rowOf({ [ALL]: '[["",5,0]]' })]);
      await transaction.remove((await transaction.oldest(10)).map(({ id }) => id));
      throw new Error('in the middle');
    });
    await expect(failing).rejects.toThrow('in the middle');
    expect(await counted.backlog()).toHaveLength(1);
    expect(await stores.count('access_rollups')).toBe(0);
  });

  it('that somebody else counted are not counted again', async () => {
    await append(5);
    const done = await counted.count(async (transaction) => {
      const ids = (await transaction.oldest(10)).map(({ id }) => id);
      await transaction.addParts([rowOf({ [ALL]: '[["",5,0]]' })]);
      await stores.sql('delete from access_blocks');
      await transaction.remove(ids);
    });
    expect(done).toBe(false);
    expect(await stores.count('access_rollups')).toBe(0);
  });
});

/** Counts what is there by hand, and holds still before the transaction ends. */
async function countUntil(released: Promise<void>, begun: () => void): Promise<boolean> {
  return counted.count(async (transaction: CountTransaction) => {
    const ids = (await transaction.oldest(1_000)).map(({ id }) => id);
    await transaction.addParts([rowOf({ [ALL]: '[["",20,0]]' })]);
    await transaction.addTotals([{ projectId: 1, day: TODAY, dimension: 'all', value: '', n: 20 }]);
    await transaction.raiseHours([{ projectId: 1, hour: BUCKET }]);
    await transaction.remove(ids);
    begun();
    await released;
  });
}

it('while one counts, appends and questions do not wait, and another one does not count', async () => {
  const process = stores.process();
  await append(20, {}, process);
  const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const counting = countUntil(released.promise, begun.resolve);
  await begun.promise;
  await Promise.all(Array.from({ length: 8 }, () => append(10)));
  expect(await counted.count(() => Promise.reject(new Error('another one')))).toBe(false);
  expect(await seen()).toBe(100);
  expect((await counted.backlog()).map(({ size }) => size)).toEqual([20, ...Array<number>(8).fill(10)]);
  const dropping = stores.maintenance.dropDaysBefore('9999-01-01', never);
  released.resolve();
  expect(await counting).toBe(true);
  // waited, and takes what was counted
  await dropping;
  expect(await stores.count('access_totals')).toBe(0);
  expect(await stores.hours.hours()).toEqual([]);
  // what was not counted then is, and goes the next time; its hour stays one that is not whole
  await stores.counter.count({ now: NOW, maxNames: 100 });
  expect(await seen()).toBe(80);
  expect(await stores.hours.hours()).toEqual([]);
  await stores.maintenance.dropDaysBefore('9999-01-01', never);
  expect(await seen()).toBe(0);
});

/** Ends the connection that counts. */
async function killCounting(): Promise<void> {
  const lock = `concat('sightline.rollups.', left(sha2(database(), 256), 32))`;
  const [{ id }] = await stores.sql<{ id: number }>(`select is_used_lock(${lock}) as id`);
  await stores.sql(`kill ${id}`);
}

/** The store for one whose connection is lost before what its transaction asks for in the `place`th place. */
function killedAt(place: number): CountStore {
  let asked = 0;
  const count = (work: (transaction: CountTransaction) => Promise<void>) =>
    counted.count((transaction) =>
      work(
        new Proxy(transaction, {
          get: (target, name: keyof CountTransaction) => {
            const method = target[name].bind(target) as (...args: unknown[]) => Promise<unknown>;
            return async (...args: unknown[]) => {
              if ((asked += 1) === place) await killCounting();
              return method(...args);
            };
          },
        }),
      ),
    );
  return Object.assign(Object.create(counted) as CountStore, { count });
}

it('counting that is killed at each of its steps counts each entry once', async () => {
  const process = stores.process();
  for (let n = 0; n < 10; n++) await append(50, { path: `/${n}` }, process);
  let killed = 0;
  const counts = async (place: number) => {
    const counter = new Counter(
      killedAt(place),
      place % 2 === 0 ? process.pending : new PendingBlocks(ACCESS),
    );
    await counter.count({ now: NOW, maxNames: 4 }).catch(() => (killed += 1));
    expect(await seen()).toBe(500);
  };
  for (let place = 1; (await counted.backlog()).length > 0; place++) await counts(place);
  expect(killed).toBeGreaterThan(8);
  const cells = new Cells();
  const pieces = [{ tier: 1440 as Tier, from: TODAY * DAY, to: (TODAY + 1) * DAY }];
  const all = await counted.cells(1, 'path', pieces, true);
  for (const { counts: some, histograms } of all.found) {
    cells.mergeCounts(some!);
    cells.mergeHistograms(histograms!);
  }
  const told = [...cells.entries()].map(([value, { n, timed }]) => [value, n, timed]);
  expect(told.toSorted()).toEqual([
    ['(other)', 300, 300],
    ...Array.from({ length: 4 }, (_, n) => [`/${n}`, 50, 50]),
  ]);
});

it('every look sees each entry once, while entries come and several processes count', async () => {
  let appended = 0;
  let isDone = false;
  const looks = (async () => {
    while (!isDone) {
      const before = appended;
      const found = await seen();
      // what was acknowledged before the query is in its answer
      expect(found).toBeGreaterThanOrEqual(before);
      expect(found % 50).toBe(0);
    }
  })();
  const counters = [stores.counter, stores.process({ batchRecords: 100 }).counter];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      const process = stores.process();
      for (let n = 0; n < 10; n++) {
        await append(50, {}, process);
        appended += 50;
        await Promise.all(counters.map((counter) => counter.count({ now: NOW, maxNames: 100 })));
      }
    }),
  );
  isDone = true;
  await looks;
  expect(await seen()).toBe(2_000);
});
