import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { onePoint } from '../../src/core/counting/time-cover.js';
import type { AccessStore } from '../../src/core/ports/access-store.js';
import type { AccessMaintenance } from '../../src/core/ports/store-maintenance.js';
import type { NewAccessEntry } from '../../src/core/records/access-entry.js';
import type { Micros } from '../../src/core/time.js';
import { DAY, HOUR, MINUTE } from '../../src/core/time.js';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';
import { runs } from '../support/property-runs.js';
import { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';

const NOW = Date.parse('2026-11-03T10:17:23.123Z') * 1000;
const OLD = NOW - 100 * DAY;
const KEEP_FROM = dayOf(NOW - 90 * DAY);
const clock = new TestClock(NOW / 1000);
const never = new AbortController().signal;

let stores: AccessStores;
let store: AccessStore;
let maintenance: AccessMaintenance;

beforeAll(async () => {
  stores = await openAccessStores();
  store = stores.process().store;
  maintenance = stores.maintenance;
});

afterEach(() => stores.clear());

afterAll(() => stores.close());

function dayOf(time: Micros): string {
  return new Date(time / 1000).toISOString().slice(0, 10);
}

function hourOf(time: Micros): Micros {
  return Math.floor(time / HOUR) * HOUR;
}

function entryOf(createdAt: Micros, entry: Partial<NewAccessEntry> = {}): NewAccessEntry {
  return newAccessEntry({ createdAt, timestamp: createdAt, ...entry });
}

const compact = () => stores.counter.count({ now: NOW, maxNames: 100 });

/** All hours that are whole, with their revisions. */
async function revisions(): Promise<Map<Micros, number>> {
  const hours = await stores.hours.hours();
  for (const { projectId, project, hour } of hours) {
    expect([projectId, project]).toEqual([1, 'default']);
    expect(await stores.hours.has(projectId, hour)).toBe(true);
  }
  return new Map(hours.map(({ hour, revision }) => [hour, revision]));
}

/** Entries that are counted, by whatever time. */
async function counted(): Promise<number> {
  const window = { from: hourOf(OLD) - 30 * DAY, to: hourOf(NOW) + 2 * DAY };
  const [n] = await stores.stats(clock).series(1, onePoint(window));
  return n;
}

describe('retention', () => {
  it('drops whole days of receipt with all that counts them; addresses stay', async () => {
    await store.append([
      entryOf(OLD, { ip: '192.0.2.1', upsertIp: true }),
      entryOf(NOW - DAY, { ip: '192.0.2.2', upsertIp: true }),
    ]);
    await compact();
    // received on a day that stays, of a time in the day that goes: stays
    await store.append([entryOf(NOW, { timestamp: OLD - HOUR })]);
    expect(await maintenance.dropDaysBefore(KEEP_FROM, never)).toEqual([dayOf(OLD)]);

    expect(await stores.reader.count(1, {}, 'exact')).toEqual({ total: 2, estimated: false });
    expect(await counted()).toBe(2);
    for (const table of ['totals', 'rollups', 'uniques']) {
      expect(await stores.count(`access_${table} where day = '${dayOf(OLD)}'`)).toBe(0);
    }
    expect(await stores.count('ip_addresses')).toBe(2);
    expect(await maintenance.dropDaysBefore(KEEP_FROM, never)).toEqual([]);
    await store.append([entryOf(OLD)]);
    await compact();
    expect(await counted()).toBe(3);
  });

  it('also of days that have no rows, as only failures are kept', async () => {
    await stores.process({ keep: 'errors' }).store.append([entryOf(OLD), entryOf(NOW)]);
    await compact();
    expect(await maintenance.dropDaysBefore(KEEP_FROM, never)).toEqual([dayOf(OLD)]);
    expect(await counted()).toBe(1);
  });

  it('begins no day once it is told to stop', async () => {
    await store.append([entryOf(OLD), entryOf(OLD + DAY)]);
    expect(await maintenance.dropDaysBefore(KEEP_FROM, AbortSignal.abort())).toEqual([]);
    expect(await stores.reader.count(1, {}, 'exact')).toMatchObject({ total: 2 });
  });
});

describe('hours', () => {
  it('are there once they are counted, and change with what comes late', async () => {
    const other = await stores.addProject('other');
    await store.append([entryOf(NOW), entryOf(NOW, { timestamp: NOW - 30 * DAY })]);
    expect(await revisions()).toEqual(new Map());
    await compact();
    const before = await revisions();
    expect([...before.keys()]).toEqual([hourOf(NOW - 30 * DAY), hourOf(NOW)]);
    await compact();
    expect(await revisions()).toEqual(before);
    await store.append([entryOf(NOW, { timestamp: NOW - 30 * DAY })]);
    await compact();
    const after = await revisions();
    expect(after.get(hourOf(NOW))).toBe(before.get(hourOf(NOW)));
    expect(after.get(hourOf(NOW - 30 * DAY))).toBeGreaterThan(before.get(hourOf(NOW - 30 * DAY))!);

    await store.append([entryOf(NOW, { projectId: other })]);
    await compact();
    expect(await stores.hours.hours()).toContainEqual(
      expect.objectContaining({ projectId: other, project: 'other', hour: hourOf(NOW) }),
    );
    expect(await stores.hours.has(other, hourOf(NOW - HOUR))).toBe(false);
  });

  it('that retention took entries from are gone for good; those of other days of receipt are not', async () => {
    const kept = Date.parse(KEEP_FROM) * 1000;
    await store.append([
      entryOf(OLD),
      // a clock that was ahead: of an hour of the first day that stays
      entryOf(kept - HOUR, { timestamp: kept + 3 * HOUR }),
      entryOf(kept, { timestamp: kept + 3 * HOUR }),
      entryOf(kept + HOUR),
      // an old log that was imported
      entryOf(NOW, { timestamp: OLD - DAY }),
    ]);
    await compact();
    await store.append([entryOf(OLD + 2 * HOUR)]);
    await maintenance.dropDaysBefore(KEEP_FROM, never);
    const whole = [hourOf(OLD - DAY), hourOf(kept + HOUR)];
    expect([...(await revisions()).keys()]).toEqual(whole);

    await store.append(
      [OLD, OLD + 2 * HOUR, kept + 3 * HOUR].map((timestamp) => entryOf(NOW, { timestamp })),
    );
    await compact();
    expect([...(await revisions()).keys()]).toEqual(whole);
    expect(await stores.hours.has(1, hourOf(OLD))).toBe(false);
  });
});

describe('pruning', () => {
  it('takes minutes after their time, and questions are answered as before', async () => {
    await store.append(
      Array.from({ length: 20 }, (_, i) =>
        entryOf(NOW, { timestamp: NOW - i * DAY - i, ip: `192.0.2.${i}` }),
      ),
    );
    await store.append(Array.from({ length: 6 }, (_, i) => entryOf(NOW, { timestamp: NOW - i * HOUR })));
    await compact();
    const window = { from: hourOf(NOW) - 15 * DAY, to: hourOf(NOW) + HOUR };
    const starts = Array.from({ length: 15 * 24 + 1 }, (_, n) => window.from + n * HOUR);
    const answers = async () => [
      await stores.stats(clock).latency(1, onePoint(window)),
      await stores.stats(clock).series(1, { ...window, starts }),
      await stores.stats(clock).uniqueIps(1, { ...window, starts }),
    ];
    const before = await answers();
    const minutes = (table: string) => stores.count(`access_${table} where tier = 1`);
    expect(await minutes('rollups')).toBe(14);
    // none of minutes that nobody asks for any more
    expect(await minutes('uniques')).toBe(3);

    clock.advance((3 * DAY) / 1000);
    await maintenance.prune(NOW + 3 * DAY);
    expect(await minutes('rollups')).toBe(11);
    expect(await minutes('uniques')).toBe(0);
    expect(await answers()).toEqual(before);
    clock.advance((-3 * DAY) / 1000);
  });

  it('takes idempotency keys that have expired', async () => {
    const once = (digit: string, expiresAtMs: number) =>
      store.appendOnce({
        projectId: 1,
        key: digit.repeat(64),
        bodyDigest: 'b'.repeat(64),
        entries: [entryOf(NOW)],
        expiresAtMs,
        answer: () => ({}),
      });
    const nowMs = Date.now();
    await once('1', nowMs + 60_000);
    await once('2', nowMs + 3_600_000);
    await maintenance.prune((nowMs + 120_000) * 1000);
    expect(await stores.count('access_answers')).toBe(1);
  });
});

it('partitions are made by many processes at once', async () => {
  const days = Array.from({ length: 5 }, (_, n) => `2027-02-0${n + 1}`);
  await Promise.all(Array.from({ length: 6 }, () => maintenance.ensurePartitions(days)));
  await maintenance.ensurePartitions(days);
  await store.append(days.map((day) => entryOf(Date.parse(day) * 1000)));
  expect(await stores.reader.count(1, {}, 'exact')).toMatchObject({ total: 5 });
});

it('entries are counted once, however many processes count them, while others come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 2, maxLength: 6 }),
      async (sizes) => {
        await stores.clear();
        const append = (size: number) =>
          store.append(Array.from({ length: size }, (_, i) => entryOf(NOW - i * MINUTE)));
        await Promise.all(sizes.flatMap((size) => [append(size), compact(), compact()]));
        await until(async () => {
          await compact();
          return (await stores.count('access_blocks')) === 0;
        });
        expect(await counted()).toBe(sizes.reduce((sum, size) => sum + size, 0));
      },
    ),
    { numRuns: runs(10) },
  );
});
