import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  AccessFilter,
  AccessPageRequest,
  AccessPosition,
  AccessReader,
} from '../../src/core/ports/access-reader.js';
import type { AccessStore } from '../../src/core/ports/access-store.js';
import type { Count } from '../../src/core/ports/event-reader.js';
import type { NewAccessEntry, StoredAccessEntry } from '../../src/core/records/access-entry.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';
import { runs } from '../support/property-runs.js';
import { sampleOf } from '../support/sample-of.js';

let stores: AccessStores;
let store: AccessStore;
let reader: AccessReader;
let otherProject: number;

beforeAll(async () => {
  stores = await openAccessStores();
  ({ store } = stores.process());
  reader = stores.reader;
  otherProject = await stores.addProject('other');
});

beforeEach(() => stores.clear());

afterAll(() => stores?.close());

const micros = (text: string): number => parseRfc3339(text)!;
const NOON = micros('2026-11-03T12:00:00Z');

/** Stored in this order; the first with the highest timestamp unless it says otherwise. */
function put(...overrides: Partial<NewAccessEntry>[]): Promise<unknown> {
  return store.append(
    overrides.map((some, i) => newAccessEntry({ createdAt: NOON, timestamp: NOON - i, ...some })),
  );
}

const page = (filter: AccessFilter = {}, request: Partial<AccessPageRequest> = {}, projectId = 1) =>
  reader.page(projectId, filter, { limit: 1000, offset: 0, ...request });

/** The user agents, as names of entries, of everything that a filter finds; the count is held against them. */
async function found(filter: AccessFilter): Promise<(string | null)[]> {
  const { entries } = await page(filter);
  for (const mode of ['auto', 'exact'] as const) {
    expect(await reader.count(1, filter, mode)).toEqual({ total: entries.length, estimated: false });
  }
  return entries.map((entry) => entry.UserAgent);
}

describe('an entry', () => {
  it('comes back with microseconds and every field, also where there is none', async () => {
    await put(
      {
        timestamp: micros('2026-11-03T11:00:00.123456Z'),
        ip: '2001:db8::1',
        method: 'POST',
        path: '/a?b=é',
        status: 404,
        latencyMs: 0.1,
        userAgent: 'x',
      },
      {
        timestamp: NOON - 7.2e9,
        ip: null,
        method: null,
        path: '/',
        status: null,
        latencyMs: null,
        userAgent: null,
      },
    );
    const { entries, next } = await page();
    expect(entries).toEqual([
      {
        id: expect.any(Number),
        Timestamp: '2026-11-03T11:00:00.123456Z',
        IP: '2001:db8::1',
        Method: 'POST',
        Path: '/a?b=é',
        Status: 404,
        LatencyMs: 0.1,
        UserAgent: 'x',
      },
      {
        id: expect.any(Number),
        Timestamp: '2026-11-03T10:00:00.000Z',
        IP: null,
        Method: null,
        Path: '/',
        Status: null,
        LatencyMs: null,
        UserAgent: null,
      },
    ]);
    expect(next).toBeNull();
  });
});

describe('filters', () => {
  it('narrow by each field, exactly, and together, in one project', async () => {
    await put(
      { userAgent: 'a', ip: '192.0.2.1', status: 200, method: 'GET', path: '/index' },
      { userAgent: 'b', ip: '192.0.2.10', status: 404, method: 'POST', path: '/index.html' },
      { userAgent: 'c', ip: null, status: null, method: null, path: '/c' },
      { userAgent: 'd', ip: '2001:db8::1', status: 404, method: 'GET', path: null },
      { userAgent: 'e', projectId: otherProject, ip: '192.0.2.1', status: 404 },
    );
    expect(await found({})).toEqual(['a', 'b', 'c', 'd']);
    expect(await found({ ip: '192.0.2.1' })).toEqual(['a']);
    expect(await found({ ip: '2001:db8::1' })).toEqual(['d']);
    expect(await found({ ip: `192.0.2.1' or '1'='1` })).toEqual([]);
    expect(await found({ status: 404 })).toEqual(['b', 'd']);
    expect(await found({ status: 200 })).toEqual(['a']);
    expect(await found({ status: 500 })).toEqual([]);
    expect(await found({ method: 'GET' })).toEqual(['a', 'd']);
    expect(await found({ method: 'get' })).toEqual([]);
    expect(await found({ path: '/index' })).toEqual(['a', 'b']);
    expect(await found({ path: '/index', method: 'POST', status: 404, ip: '192.0.2.10' })).toEqual(['b']);
    expect(await found({ path: '/index', status: 200 })).toEqual(['a']);
  });

  it('take times from inclusive to exclusive, and late entries where they belong', async () => {
    const day = 86_400e6;
    await put(
      { userAgent: 'ahead', createdAt: NOON, timestamp: NOON + day },
      { userAgent: 'now', createdAt: NOON, timestamp: NOON },
      { userAgent: 'late', createdAt: NOON + 3 * day, timestamp: NOON - 30 * day },
    );
    expect(await found({ from: NOON })).toEqual(['ahead', 'now']);
    expect(await found({ to: NOON + day })).toEqual(['now', 'late']);
    expect(await found({ from: NOON + 1, to: NOON + day })).toEqual([]);
    expect(await found({ from: NOON - 30 * day, to: NOON - 30 * day + 1, path: '/' })).toEqual(['late']);
    expect(await found({ from: NOON, to: NOON })).toEqual([]);
    expect(
      await found({ from: micros('0001-01-01T00:00:00Z'), to: micros('9999-12-31T23:59:59.999999Z') }),
    ).toEqual(['ahead', 'now', 'late']);
  });
});

const anyEntry = fc.record({
  timestamp: fc.constantFrom(NOON, NOON + 1, NOON - 86_400e6, NOON + 86_400e6),
  createdAt: fc.constantFrom(NOON, NOON + 86_400e6),
  ip: fc.constantFrom(null, '192.0.2.1', '192.0.2.2'),
  status: fc.constantFrom(null, 200, 404),
  method: fc.constantFrom('GET', 'POST'),
  path: fc.constantFrom('/a/b/c', '/a/b', '/x'),
});
const filters: AccessFilter[] = [
  {},
  { ip: '192.0.2.1' },
  { status: 404 },
  { method: 'GET' },
  { path: '/b/' },
  { from: NOON - 86_400e6, to: NOON + 2 },
];

describe.each(filters)('pages of %j', (filter) => {
  it('by cursor give each entry exactly once, newest first, while others are written', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
    const later = fc.array(fc.array(anyEntry, { maxLength: 3 }), { maxLength: 4 });
    const property = fc.asyncProperty(
      fc.array(anyEntry, { maxLength: 40 }),
      later,
      sizes,
      async (first, others, limits) => {
        await stores.clear();
        await put(...first);
        const atStart = (await page(filter)).entries.map(({ id }) => id);
        const seen: StoredAccessEntry[] = [];
        let after: AccessPosition | undefined;
        for (let i = 0; ; i++) {
          const limit = limits[i % limits.length];
          const next = await page(filter, { limit, after });
          seen.push(...next.entries);
          expect(next.entries).toHaveLength(next.next === null ? next.entries.length : limit);
          if (next.next === null) break;
          after = next.next;
          if (others[i]) await put(...others[i]);
        }
        const ids = seen.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids).toEqual(expect.arrayContaining(atStart));
        const newestFirst = (a: StoredAccessEntry, b: StoredAccessEntry): number =>
          micros(b.Timestamp) - micros(a.Timestamp) || b.id - a.id;
        expect(seen).toEqual(seen.toSorted(newestFirst));
      },
    );
    await fc.assert(property, { numRuns: runs(12) });
  });

  it('by offset are the same entries in the same order', async () => {
    await put(...sampleOf(anyEntry, 60));
    const whole = await page(filter);
    const pages: StoredAccessEntry[] = [];
    for (let offset = 0; offset < 70; offset += 7) {
      pages.push(...(await page(filter, { offset, limit: 7 })).entries);
    }
    expect(pages).toEqual(whole.entries);
  });
});

describe('counts', () => {
  const fill = (n: number, overrides: Partial<NewAccessEntry> = {}): Promise<unknown> =>
    put(...Array.from({ length: n }, () => overrides));

  it('are exact up to 10,000 entries, past that an estimate that says so, and exact on request', async () => {
    await fill(10_000);
    expect(await reader.count(1, { ip: '192.0.2.1' }, 'auto')).toEqual({ total: 10_000, estimated: false });
    await fill(10_000);
    const estimate = await reader.count(1, { ip: '192.0.2.1' }, 'auto');
    expect(estimate.estimated).toBe(true);
    expect(estimate.total).toBeGreaterThan(10_000);
    expect(estimate.total).toBeLessThan(40_000);
    expect(await reader.count(1, { ip: '192.0.2.1' }, 'exact')).toEqual({ total: 20_000, estimated: false });
    expect(await reader.count(1, {}, 'exact')).toEqual({ total: 20_000, estimated: false });
  });

  it('of a status that is always kept are exact, before and after they are counted', async () => {
    await fill(12_000, { status: 404 });
    await fill(3, { status: 405 });
    const exact = { total: 12_000, estimated: false };
    expect(await reader.count(1, { status: 404 }, 'auto')).toEqual(exact);
    await stores.counter.count({ now: NOON, maxNames: 100 });
    expect(await stores.count('access_blocks')).toBe(0);
    expect(await reader.count(1, { status: 404 }, 'auto')).toEqual(exact);
    expect(await reader.count(1, { status: 405 }, 'auto')).toEqual({ total: 3, estimated: false });
  });

  it('of a part that many paths have are an estimate near the truth, before and after they are counted', async () => {
    for (let i = 0; i < 6; i++) await fill(10_000, { path: i % 3 === 0 ? '/cart/add' : '/' });
    const near = (count: Count): void => {
      expect(count.estimated).toBe(true);
      expect(count.total).toBeGreaterThan(10_000);
      expect(count.total).toBeLessThan(80_000);
    };
    near(await reader.count(1, { path: '/' }, 'auto'));
    await stores.counter.count({ now: NOON, maxNames: 100 });
    near(await reader.count(1, { path: '/' }, 'auto'));
    near(await reader.count(1, { path: '/', status: 200 }, 'auto'));
    expect(await reader.count(1, { path: 'cart' }, 'exact')).toEqual({ total: 20_000, estimated: false });
    expect(await reader.count(1, { path: 'nowhere' }, 'auto')).toEqual({ total: 0, estimated: false });
  });
});

describe('an hour', () => {
  it('is every entry of the project with a timestamp in it, oldest first, in batches', async () => {
    const hour = micros('2026-11-03T10:00:00Z');
    const times = Array.from({ length: 11_000 }, (_, i) => hour + ((i * 327_680) % 3_600e6));
    await put(
      ...times.map((timestamp) => ({ timestamp })),
      { timestamp: hour - 1 },
      { timestamp: hour + 3_600e6 },
      { timestamp: hour, projectId: otherProject },
      { timestamp: hour, createdAt: NOON + 5 * 86_400e6 },
    );
    const batches: StoredAccessEntry[][] = [];
    for await (const batch of reader.hour(1, hour)) batches.push(batch);
    expect(batches.length).toBeGreaterThan(1);
    const entries = batches.flat();
    expect(entries).toHaveLength(11_001);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(11_001);
    expect(entries.map((entry) => micros(entry.Timestamp))).toEqual(
      [...times, hour].toSorted((a, b) => a - b),
    );
    for await (const batch of reader.hour(1, hour + 7_200e6)) expect(batch).toEqual([]);
  });

  it('may be left in its middle, as often as one likes', async () => {
    const hour = micros('2026-11-03T10:00:00Z');
    await put({ timestamp: hour });
    for (let times = 0; times < 20; times++) {
      for await (const batch of reader.hour(1, hour)) {
        expect(batch).toHaveLength(1);
        break;
      }
    }
  });
});
