import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessIndexes1764250000000 } from '../../migrations/postgres/1764250000000-access-indexes.js';
import type { RollupTotals } from '../../src/core/counting/count-store.js';
import type { AccessFilter, AccessPageRequest } from '../../src/core/ports/access-reader.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import { PostgresAccessReader } from '../../src/storage/postgres/access/postgres-access-reader.js';
import { ensurePartitions } from '../../src/storage/postgres/partitions.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { endPool } from '../support/end-pool.js';
import { plansOf, standForMany } from '../support/plans.js';

// Enough that a page is put together from all the ways there are to find rows: by walking, few at once, and stretch by stretch.
const ROWS = 80_000;
const DAYS = 4;

/** Of rows that were inserted by SQL, in no rollup: an error status is asked for. */
const TOTALS: RollupTotals = {
  of: async (_, __, value) => ({ n: (await expectedIds(`status = ${value}`)).length, isFolded: false }),
};

let database: TestDatabase;
let pool: pg.Pool;
let reader: PostgresAccessReader;

beforeAll(async () => {
  database = await cloneDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4, options: '-c TimeZone=UTC -c DateStyle=ISO' });
  await ensurePartitions(
    pool,
    'access_logs',
    Array.from({ length: DAYS + 1 }, (_, i) => `2026-11-0${i + 1}`),
  );
  await pool.query(`insert into projects (name) values ('other'), ('posts')`);
  // Four days of entries, ten at a time with one timestamp, and 7,000 of one; each seventh came an hour and more late, and each
  // thousandth lies ahead. PATCH has one of 200, PUT and /old/ the oldest only, 418 one of 5,000; a third is of another project that
  // has the same values.
  await pool.query(
    `insert into access_logs (id, project_id, "timestamp", created_at, ip, method, path, status, latency_ms, user_agent)
     select n, case when n % 3 = 0 then 2 else 1 end,
       case when n between 30000 and 40499 then timestamptz '2026-11-03 01:00Z'
            when n % 7 = 0 then at - (n % 100) * interval '1 minute'
            when n % 1000 = 1 then at + interval '20 hours' else at end, at,
       case when n % 9 > 0 then case when n % 4 = 0 then '192.0.2.1' else '10.0.' || n % 40 || '.' || n % 250 end end,
       case when n % 200 = 11 then 'PATCH' when n < $1 / 4 and n % 2 = 0 then 'PUT' when n % 11 > 0 then 'GET' end,
       case when n % 5000 = 8 then '/needle/' || n when n < $1 / 3 and n % 30 <> 1 then '/old/' || n % 100 when n % 30 = 1 then '/Cart_%/' || n % 500 when n % 13 > 0 then '/products/' || n % 700 end,
       case when n % 5000 = 7 then 418 when n % 10 = 3 then 404 when n % 17 > 0 then 200 end, n % 100, 'agent'
     from generate_series(1, $1::int) as n,
       lateral (select timestamptz '2026-11-01 00:00Z' + (n / 10) * ($2 * interval '10 days' / $1) as at) as times`,
    [ROWS, DAYS],
  );
  // Of a third project, where what is usual elsewhere is rare.
  await pool.query(
    `insert into access_logs (id, project_id, "timestamp", created_at, method, path, status)
     select $1 + n, 3, at, at, case when n % 2000 = 5 then 'GET' else 'POST' end, '/', case when n % 1500 = 7 then 200 else 204 end
     from generate_series(1, 9000) as n, lateral (select timestamptz '2026-11-02 00:00Z' + n * interval '1 second' as at) as times`,
    [ROWS],
  );
  await pool.query('vacuum analyze access_logs');
  reader = new PostgresAccessReader({ query: pool }, TOTALS);
}, 120_000);

afterAll(async () => {
  await endPool(pool);
  await database.drop();
});

const at = (time: string) => parseRfc3339(time)!;

/** What is asked, and the same in plain SQL. */
const FILTERS: [name: string, filter: AccessFilter, sql: string][] = [
  ['nothing', {}, 'true'],
  ['a frequent status', { status: 200 }, 'status = 200'],
  ['a status of one in ten', { status: 404 }, 'status = 404'],
  ['a rare status', { status: 418 }, 'status = 418'],
  ['a status that is not there', { status: 500 }, 'false'],
  ['a frequent method', { method: 'GET' }, `method = 'GET'`],
  ['a method of one in 200', { method: 'PATCH' }, `method = 'PATCH'`],
  ['a method of old', { method: 'PUT' }, `method = 'PUT'`],
  ['a method that is not there', { method: 'DELETE' }, 'false'],
  ['a frequent address', { ip: '192.0.2.1' }, `ip = '192.0.2.1'`],
  ['a rare address', { ip: '10.0.7.77' }, `ip = '10.0.7.77'`],
  ['an address that is not there', { ip: '192.0.2.2' }, 'false'],
  ['a frequent part of the path', { path: 'ducts/' }, `position('ducts/' in path) > 0`],
  ['a part of one in 30', { path: 'art_%' }, `position('art_%' in path) > 0`],
  ['a part of old', { path: '/old/' }, `position('/old/' in path) > 0`],
  ['a rare part', { path: 'needle' }, `position('needle' in path) > 0`],
  ['a part that is not there', { path: 'cart_%' }, 'false'],
  ['a part too short for the index', { path: '9' }, `position('9' in path) > 0`],
  [
    'a status and a part of old',
    { status: 200, path: '/old/9' },
    `status = 200 and position('/old/9' in path) > 0`,
  ],
  ['a status and a method', { status: 404, method: 'PATCH' }, `status = 404 and method = 'PATCH'`],
  [
    'all at once',
    { status: 200, method: 'GET', ip: '192.0.2.1', path: '/products/1' },
    `status = 200 and method = 'GET' and ip = '192.0.2.1' and position('/products/1' in path) > 0`,
  ],
  [
    'hours, and a status',
    { from: at('2026-11-02T20:00:00Z'), to: at('2026-11-03T02:00:00Z'), status: 200 },
    `"timestamp" >= '2026-11-02 20:00Z' and "timestamp" < '2026-11-03 02:00Z' and status = 200`,
  ],
  ['what lies ahead', { from: at('2026-11-04T23:00:00Z') }, `"timestamp" >= '2026-11-04 23:00Z'`],
];

async function expectedIds(where: string, projectId = 1): Promise<number[]> {
  const { rows } = await pool.query<{ ids: number[] | null }>(
    `select array_agg(id::int order by "timestamp" desc, id desc) as ids from access_logs where project_id = ${projectId} and ${where}`,
  );
  return rows[0].ids ?? [];
}

async function ask(filter: AccessFilter, request: Partial<AccessPageRequest> = {}, projectId = 1) {
  const page = await reader.page(projectId, filter, { limit: 50, offset: 0, ...request });
  return { ids: page.entries.map(({ id }) => id), next: page.next, total: page.total };
}

describe.each(FILTERS)('of entries with %s', (_, filter, where) => {
  it('pages are what a scan gives', async () => {
    const expected = await expectedIds(where);
    const first = await ask(filter);
    expect([null, expected.length]).toContain(first.total);
    expect(first.ids).toEqual(expected.slice(0, 50));
    expect(first.next === null).toBe(expected.length <= 50);
    for (const offset of [120, 1_450, 16_500, expected.length - 20, expected.length]) {
      const from = Math.max(0, offset);
      expect((await ask(filter, { offset: from })).ids).toEqual(expected.slice(from, from + 50));
    }
    const walked = [...first.ids];
    for (let after = first.next; after !== null;) {
      const page = await ask(filter, { after, limit: 1_000 });
      walked.push(...page.ids);
      after = page.next;
    }
    expect(walked).toEqual(expected);
  });

  it('the count is that of a scan', async () => {
    const n = (await expectedIds(where)).length;
    expect(await reader.count(1, filter, 'exact')).toEqual({ total: n, estimated: false });
    const { total, estimated } = await reader.count(1, filter, 'auto');
    expect(estimated).toBe(n > 10_000);
    if (!estimated) expect(total).toBe(n);
    expect(total).toBeGreaterThan(estimated ? 10_000 : n - 1);
    expect(total).toBeLessThan(1.5 * n + 1);
  });
});

describe('what is usual elsewhere', () => {
  it.each<[AccessFilter, string]>([
    [{ status: 200 }, 'status = 200'],
    [{ method: 'GET' }, `method = 'GET'`],
    [{ status: 200, method: 'POST' }, `status = 200 and method = 'POST'`],
  ])('is found where it is rare: %j', async (filter, where) => {
    const expected = await expectedIds(where, 3);
    expect((await ask(filter, {}, 3)).ids).toEqual(expected);
    expect(await reader.count(3, filter, 'auto')).toEqual({ total: expected.length, estimated: false });
  });
});

describe('an index', () => {
  const isIndexed = ({ path = '...' }: AccessFilter) => path.length >= 3;
  const valued = FILTERS.filter(([, filter]) => Object.keys(filter).length > 0 && isIndexed(filter));

  it.each(valued.filter(([, { from }]) => from === undefined))('knows %s', async (_, filter) => {
    // with a time range, or the totals would be asked
    const ranged = { ...filter, from: at('2026-11-01T00:00:00Z') };
    const plan = await plansOf(pool, 'set enable_seqscan = off', (query) =>
      new PostgresAccessReader({ query }, TOTALS).count(1, ranged, 'exact'),
    );
    const [only, ...others] = Object.keys(filter);
    const isUsual = filter.status === 200 || filter.method === 'GET';
    if (others.length === 0 && only !== 'ip' && only !== 'path' && !isUsual)
      expect(plan).toContain(`_project_id_${only}_timestamp_idx`);
    else expect(plan).toMatch(filter.path === undefined ? /Cond: .*@>/ : /Cond: .*~~/);
  });
});

async function first<T>(batches: AsyncIterable<T[]>): Promise<T[]> {
  for await (const batch of batches) return batch;
  return [];
}

describe('an hour that was not analyzed since it came', () => {
  const [from, to] = [at('2026-11-20T10:00:00Z'), at('2026-11-20T11:00:00Z')];

  beforeAll(async () => {
    await ensurePartitions(pool, 'access_logs', ['2026-11-20']);
    await pool.query(
      `insert into access_logs (id, project_id, "timestamp", created_at, status)
       select 1000000 + n, 4, at, at, 200
       from generate_series(1, 20000) as n, lateral (select timestamptz '2026-11-20 10:00Z' + n * interval '0.1 second' as at) as times`,
    );
    await standForMany(pool, 'access_logs_20261120');
  });

  const pageFrom = (offset: number) => async (reader: PostgresAccessReader) =>
    (await reader.page(4, { from, to }, { limit: 1000, offset })).entries.length;

  it.each([
    ['a page', pageFrom(0)],
    ['a page far into it', pageFrom(5000)],
    ['a batch of all', async (reader: PostgresAccessReader) => (await first(reader.hour(4, from))).length],
  ])('is read in the order of the index: %s', async (_, read) => {
    const plans = await plansOf(pool, '', async (query) => {
      expect(await read(new PostgresAccessReader({ query }, TOTALS))).toBe(1000);
    });
    expect(plans).toMatch(/Index Scan/);
    expect(plans).not.toMatch(/(?<!Incremental )Sort {2}\(/);
  });
});

describe('the migration to these indexes', () => {
  const indexes = async () => {
    const { rows } = await pool.query<{ name: string }>(
      `select replace(indexname, 'access_logs_', '') as name from pg_indexes where tablename = 'access_logs' order by 1`,
    );
    return rows.map(({ name }) => name);
  };

  it('goes back and forth on a database with entries', async () => {
    const migration = new AccessIndexes1764250000000();
    const db = {
      query: async (text: string) => (await pool.query(text)).rows as unknown,
    } as unknown as QueryRunner;
    const filters: AccessFilter[] = [{ method: 'PATCH' }, { path: 'needle' }];
    const before = await Promise.all(filters.map((filter) => ask(filter)));
    await migration.down(db);
    expect(await indexes()).toEqual(['ip', 'method', 'path', 'status', 'timestamp']);
    await migration.up(db);
    expect(await indexes()).toEqual(['method', 'status', 'timestamp', 'values']);
    expect(await Promise.all(filters.map((filter) => ask(filter)))).toEqual(before);
  });
});
