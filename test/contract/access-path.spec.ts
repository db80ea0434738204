import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type {
  AccessFilter,
  AccessPageRequest,
  AccessPosition,
  AccessReader,
} from '../../src/core/ports/access-reader.js';
import type { AccessStore } from '../../src/core/ports/access-store.js';
import type { NewAccessEntry, StoredAccessEntry } from '../../src/core/records/access-entry.js';
import { DAY } from '../../src/core/time.js';
import { newAccessEntry, openAccessStores, type AccessStores } from '../support/access-stores.js';
import { runs } from '../support/property-runs.js';

let stores: AccessStores;
let store: AccessStore;
let reader: AccessReader;

beforeAll(async () => {
  stores = await openAccessStores();
  ({ store } = stores.process());
  reader = stores.reader;
});

beforeEach(() => stores.clear());

afterAll(() => stores?.close());

const NOON = Date.parse('2026-11-03T12:00:00Z') * 1000;

const page = (filter: AccessFilter = {}, request: Partial<AccessPageRequest> = {}) =>
  reader.page(1, filter, { limit: 1000, offset: 0, ...request });

describe('a part of a path', () => {
  const many = (n: number, overrides: Partial<NewAccessEntry>): NewAccessEntry[] =>
    Array.from({ length: n }, (_, i) => newAccessEntry({ userAgent: `${i}`, ...overrides }));

  it('is found as it is written, whatever it is written with', async () => {
    const paths = [
      '/100%/off',
      '/100x/off',
      '/a_b',
      '/aXb',
      '/API/v1',
      '/api/v1',
      '/a\\b',
      '/ab',
      `/it's`,
      '/é/ü',
      '/e\u0301/u\u0308',
      '/../../etc/passwd',
      '/x?y=z&w=%2F-_.',
      '/💡💡💡',
      '/(.)',
    ];
    await store.append([...paths, null].map((path, i) => newAccessEntry({ path, timestamp: NOON - i })));
    const plain = String.raw`% _ \ \\ ' " é ü 💡 💡💡💡 / /../ ../ (.) %/o a_b a\b /API/ /api/ v1 V1 100% 100 %% __ ?y= -_. e zzz %2f`;
    const parts = [...plain.split(' '), ' ', '&w=%2F', 'e\u0301', '\u0308'];
    for (const part of parts) {
      const having = paths.filter((path) => path.includes(part));
      const { entries } = await page({ path: part });
      expect(entries.map((entry) => entry.Path)).toEqual(having);
      for (const mode of ['auto', 'exact'] as const) {
        const count = { total: having.length, estimated: false };
        expect(await reader.count(1, { path: part }, mode)).toEqual(count);
      }
    }
  });

  it('is found where a scan finds it, for any part of any path, at any depth of time', async () => {
    const piece = fc.constantFrom('a', 'B', '/', '%', '_', '\\', '.', '-', 'é', '1', '?', '&', ' ');
    const text = (minLength: number) => fc.string({ unit: piece, minLength, maxLength: 6 });
    const days = fc.nat(12);
    const property = fc.asyncProperty(
      fc.array(fc.tuple(text(0), days, days), { maxLength: 30 }),
      text(1),
      fc.integer({ min: 1, max: 5 }),
      async (rows, part, limit) => {
        await stores.clear();
        // received on one day, with the time of that or an earlier one
        await store.append(
          rows.map(([path, received, late]) =>
            newAccessEntry({
              path,
              createdAt: NOON + received * DAY,
              timestamp: NOON + (received - late + 1) * DAY,
            }),
          ),
        );
        const all = (await page()).entries.filter((entry) => entry.Path!.includes(part));
        const seen: StoredAccessEntry[] = [];
        for (let after: AccessPosition | undefined; ;) {
          const next = await page({ path: part }, { limit, after });
          seen.push(...next.entries);
          if (next.next === null) break;
          after = next.next;
        }
        expect(seen).toEqual(all);
        expect((await page({ path: part }, { limit, offset: 2 })).entries).toEqual(all.slice(2, 2 + limit));
      },
    );
    await fc.assert(property, { numRuns: runs(25) });
  });

  it('that is frequent in older days only, or in the newest only, is found and counted', async () => {
    await store.append(many(10_500, { createdAt: NOON - 5 * DAY, path: '/old/one' }));
    await store.append(many(15_000, { createdAt: NOON, path: '/new/one' }));
    for (const { path, n, newest } of [
      { path: '/old/', n: 10_500, newest: 10_500 },
      { path: '/new/', n: 15_000, newest: 15_000 },
      { path: '/one', n: 25_500, newest: 15_000 },
    ]) {
      const { entries, next } = await page({ path }, { limit: 3, offset: 1 });
      expect(entries.map((entry) => entry.UserAgent)).toEqual(
        [newest - 2, newest - 3, newest - 4].map(String),
      );
      expect(await page({ path }, { limit: 3, offset: 1, after: next! })).toMatchObject({
        entries: [newest - 6, newest - 7, newest - 8].map((userAgent) => ({ UserAgent: `${userAgent}` })),
      });
      const { total, estimated } = await reader.count(1, { path }, 'auto');
      expect(total).toBeGreaterThan(10_000);
      expect(estimated).toBe(true);
      expect(await reader.count(1, { path }, 'exact')).toEqual({ total: n, estimated: false });
    }
  });
});
