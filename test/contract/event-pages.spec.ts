import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EventIndexes1764200000000 } from '../../migrations/postgres/1764200000000-event-indexes.js';
import type { RollupTotals } from '../../src/core/counting/count-store.js';
import type { EventFilter, PageRequest, SortColumn } from '../../src/core/ports/event-reader.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import { filterConditions } from '../../src/storage/postgres/events/filter-conditions.js';
import { PostgresEventReader } from '../../src/storage/postgres/events/postgres-event-reader.js';
import { countBySample } from '../../src/storage/postgres/reading/count-rows.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { endPool } from '../support/end-pool.js';
import { createPartitions, insertRows } from '../support/event-rows.js';
import { plansOf, standForMany } from '../support/plans.js';
import { someOf } from '../support/property-runs.js';

// Enough that a page is put together from all the ways there are to find rows: by walking, few at once, and stretch by stretch.
const ROWS = 40_000;
const DAYS = 4;

/** Of rows that were inserted by SQL: nothing here asks for totals. */
const NO_TOTALS: RollupTotals = {
  of: () => Promise.reject(new Error('totals were asked for')),
};

let database: TestDatabase;
let pool: pg.Pool;
let reader: PostgresEventReader;

beforeAll(async () => {
  // the newest rows are looked for in the last two days first: from the middle of these
  vi.useFakeTimers({ now: new Date('2026-11-05T00:00:00Z'), toFake: ['Date'] });
  database = await cloneDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4, options: '-c TimeZone=UTC -c DateStyle=ISO' });
  await createPartitions(pool, '2026-11-01', DAYS + 1);
  await pool.query(`insert into projects (name) values ('other')`);
  // Four days of events, ten at a time with one time of receipt; each seventh came an hour and more late. `now and then` has one
  // of 200, `once` the oldest quarter only, `seldom` one of 4,000; a third is of another project that has the same values.
  await pool.query(
    `insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", created_at, user_id, session_id,
       app_version, priority, properties, device_info)
     select n, md5(n::text)::uuid, case when n % 3 = 0 then 2 else 1 end, md5('e' || n),
       case when n % 4000 = 1 then 'error' when n % 2 = 0 then 'telemetry' else 'behavioral' end,
       case when n % 4000 = 7 then 'seldom' when n % 200 = 11 then 'now and then' when n < $1 / 4 and n % 2 = 0 then 'once' else 'tap' end,
       at - case when n % 7 = 0 then (n % 100) * interval '1 minute' else interval '0' end, at,
       case when n % 5 > 0 then 'u' || n % 1000 end, case when n % 5 > 0 then 's' || n / 8 end, 'v' || n % 30,
       case when n % 1000 = 13 then 'high' else 'normal' end,
       jsonb_build_object('sixtieth', n % 60, 'even', n % 2 = 0, 'old', n < $1 / 5, 'tags', jsonb_build_object('provider', 'p' || n % 300)), '{}'
     from generate_series(1, $1::int) as n,
       lateral (select timestamptz '2026-11-01 00:00Z' + (n / 10) * ($2 * interval '10 days' / $1) as at) as times`,
    [ROWS, DAYS],
  );
  await pool.query('vacuum analyze events');
  reader = new PostgresEventReader({ query: pool }, NO_TOTALS);
});

afterAll(async () => {
  vi.useRealTimers();
  await endPool(pool);
  await database.drop();
});

function filterOf(filter: Partial<EventFilter>): EventFilter {
  return { properties: [], timeField: 'created_at', ...filter };
}

function requestOf(request: Partial<PageRequest>): PageRequest {
  return { sortBy: 'created_at', descending: true, pageSize: 50, offset: 0, maxBytes: Infinity, ...request };
}

const property = (path: string, value: string) => ({ properties: [{ path: path.split('.'), value }] });
const at = (time: string) => parseRfc3339(time)!;

/** What is asked, and the same in plain SQL. */
const FILTERS: [name: string, filter: Partial<EventFilter>, sql: string][] = [
  ['nothing', {}, 'true'],
  ['a frequent type', { eventType: 'behavioral' }, `event_type = 'behavioral'`],
  ['a rare type', { eventType: 'error' }, `event_type = 'error'`],
  ['a type that is not there', { eventType: 'performance' }, 'false'],
  ['a frequent name', { eventName: 'tap' }, `event_name = 'tap'`],
  ['a name of one in 200', { eventName: 'now and then' }, `event_name = 'now and then'`],
  ['a name of old', { eventName: 'once' }, `event_name = 'once'`],
  ['a rare name', { eventName: 'seldom' }, `event_name = 'seldom'`],
  ['a name that is not there', { eventName: 'Tap' }, 'false'],
  ['a user', { userId: 'u77' }, `user_id = 'u77'`],
  ['a session', { sessionId: 's4001' }, `session_id = 's4001'`],
  ['a version', { appVersion: 'v7' }, `app_version = 'v7'`],
  ['a version that is not there', { appVersion: 'v30' }, 'false'],
  ['a rare priority', { priority: 'high' }, `priority = 'high'`],
  ['a provider', { providerName: 'p17' }, `properties #>> '{tags,provider}' = 'p17'`],
  ['a property of one in 60', property('sixtieth', '7'), `properties ->> 'sixtieth' = '7'`],
  ['a property of old', property('old', 'true'), `properties ->> 'old' = 'true'`],
  ['a property that is not there', property('sixtieth', '60'), 'false'],
  [
    'two values',
    { eventType: 'telemetry', appVersion: 'v8', ...property('sixtieth', '8') },
    `event_type = 'telemetry' and app_version = 'v8' and properties ->> 'sixtieth' = '8'`,
  ],
  [
    'hours of receipt',
    { from: at('2026-11-02T03:00:00Z'), to: at('2026-11-03T02:00:00Z') },
    `created_at >= '2026-11-02 03:00Z' and created_at < '2026-11-03 02:00Z'`,
  ],
  [
    'an hour of the device, and a name',
    {
      timeField: 'timestamp',
      from: at('2026-11-02T03:00:00Z'),
      to: at('2026-11-02T12:00:00Z'),
      eventName: 'now and then',
    },
    `"timestamp" >= '2026-11-02 03:00Z' and "timestamp" < '2026-11-02 12:00Z' and event_name = 'now and then'`,
  ],
];

const ORDERS: [SortColumn, descending: boolean, sql: string][] = [
  ['created_at', true, 'created_at desc, id desc'],
  ['created_at', false, 'created_at, id'],
  ['timestamp', true, '"timestamp" desc, id desc'],
  ['timestamp', false, '"timestamp", id'],
  ['id', true, 'id desc'],
  ['id', false, 'id'],
  ['event_type', true, 'event_type desc, created_at, id'],
  ['priority', false, 'priority, created_at desc, id desc'],
  ['event_name', false, 'event_name, created_at desc, id desc'],
  ['user_id', true, 'user_id desc nulls last, created_at, id'],
  ['event_id', false, 'event_id'],
];

async function expectedIds(where: string, order: string): Promise<number[]> {
  const { rows } = await pool.query<{ ids: number[] | null }>(
    `select array_agg(id::int order by ${order}) as ids from events where project_id = 1 and ${where}`,
  );
  return rows[0].ids ?? [];
}

describe.each(FILTERS)('pages of %s', (_, filter, where) => {
  it.each(someOf(ORDERS))(
    'by %s (descending %s) are what a scan gives',
    async (sortBy, descending, order) => {
      const expected = await expectedIds(where, order);
      const ask = async (request: Partial<PageRequest>) => {
        const page = await reader.page(1, filterOf(filter), requestOf({ sortBy, descending, ...request }));
        const { events, next, total } = page;
        return { ids: events.map(({ id }) => id), next, total };
      };
      const first = await ask({});
      expect([null, expected.length]).toContain(first.total);
      expect(first.ids).toEqual(expected.slice(0, 50));
      expect(first.next === null).toBe(expected.length <= 50);
      for (const offset of [120, 1_450, expected.length - 20, expected.length]) {
        const { ids, total } = await ask({ offset: Math.max(0, offset) });
        expect([null, expected.length]).toContain(total);
        expect(ids).toEqual(expected.slice(Math.max(0, offset), Math.max(0, offset) + 50));
      }
      const walked = [...first.ids];
      for (let after = first.next; after !== null;) {
        const next = await ask({ after, pageSize: 1_000 });
        expect(next.total).toBeNull();
        walked.push(...next.ids);
        // of what there is much, four pages tell
        after = walked.length > 4_000 ? null : next.next;
      }
      expect(walked).toEqual(expected.slice(0, walked.length));
      if (walked.length <= 4_000) expect(walked).toHaveLength(expected.length);
    },
  );
});

describe.each<[string, Partial<EventFilter>]>([
  ['a user', { userId: 'u77' }],
  ['a session that is not there', { sessionId: 's-1' }],
])('the first page of %s', (_, filter) => {
  it.each([0, 30])('says how many there are, %i skipped', async (offset) => {
    const { total } = await reader.page(1, filterOf(filter), requestOf({ pageSize: 20, offset }));
    const { total: counted } = await reader.count(1, filterOf(filter), 'exact');
    expect(total).toBe(counted);
  });
});

describe('the index on values', () => {
  const valued = FILTERS.filter(([, filter]) => Object.keys(filter).length > 0 && filter.from === undefined);

  it.each(valued)('knows %s', async (_, filter) => {
    // what is left is the one index that knows nothing of an order
    const settings = 'set enable_seqscan = off; set enable_indexscan = off; set enable_indexonlyscan = off';
    // with a time range, or the totals would be asked
    const ranged = filterOf({ ...filter, from: at('2026-11-01T00:00:00Z') });
    const plans = await plansOf(pool, settings, (query) =>
      new PostgresEventReader({ query }, NO_TOTALS).count(1, ranged, 'exact'),
    );
    expect(plans).toContain('sightline_event_terms_idx');
  });
});

describe('an hour that was not analyzed since it came', () => {
  beforeAll(async () => {
    await createPartitions(pool, '2026-11-20', 1);
    await pool.query(
      `insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", created_at, priority,
         properties, device_info)
       select 1000000 + n, md5('h' || n)::uuid, 4, 'h' || n, 'telemetry', 'new', at, at, 'normal', '{}', '{}'
       from generate_series(1, 20000) as n, lateral (select timestamptz '2026-11-20 10:00Z' + n * interval '0.1 second' as at) as times`,
    );
    await standForMany(pool, 'events_20261120');
  });

  it.each(['created_at', 'timestamp'] as const)('is read in the order of the index: %s', async (sortBy) => {
    const [from, to] = [at('2026-11-20T10:00:00Z'), at('2026-11-20T11:00:00Z')];
    const plans = await plansOf(pool, '', async (query) => {
      const filter = filterOf({ timeField: sortBy, from, to });
      const page = await new PostgresEventReader({ query }, NO_TOTALS).page(4, filter, requestOf({ sortBy }));
      expect(page.events).toHaveLength(50);
    });
    expect(plans).toMatch(/Index Scan/);
    expect(plans).not.toMatch(/(?<!Incremental )Sort {2}\(/);
  });
});

describe('more events than are sorted at once', () => {
  it('are not sorted by a column without an order, and say what to narrow', async () => {
    await pool.query(
      `insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", created_at, priority,
         properties, device_info)
       select $1 + n, md5('m' || n)::uuid, 2, 'm' || n, 'telemetry', 'many', '2026-11-05', '2026-11-05', 'normal', '{}', '{}'
       from generate_series(1, 90000) as n`,
      [ROWS],
    );
    const page = (sortBy: SortColumn, filter: Partial<EventFilter> = {}) =>
      reader.page(2, filterOf(filter), requestOf({ sortBy }));
    for (const sortBy of ['event_id', 'event_name', 'user_id', 'session_id', 'app_version'] as const) {
      await expect(page(sortBy)).rejects.toMatchObject({
        code: 'validation_error',
        details: [{ field: 'sort_by', message: expect.stringContaining('narrow by start_time') }],
      });
      expect((await page(sortBy, { eventName: 'tap' })).events).toHaveLength(50);
    }
    for (const sortBy of ['id', 'timestamp', 'created_at', 'event_type', 'priority'] as const) {
      expect((await page(sortBy)).events).toHaveLength(50);
    }
  });

  it('are sorted on where a walk by cursor has begun', async () => {
    const request = requestOf({ sortBy: 'event_id', descending: false });
    const filter = filterOf({ to: at('2026-11-05T00:00:00.000001Z'), eventName: 'many' });
    const { events, next: end } = await reader.page(2, filter, request);
    await insertRows(
      pool,
      Array.from({ length: 10 }, (_, n) => ({
        event_id: `a${n}`,
        project_id: 2,
        created_at: '2026-11-05T00:00:00Z',
      })),
    );
    const next = await reader.page(2, filter, { ...request, after: end! });
    expect(next.events[0].event_id > events.at(-1)!.event_id).toBe(true);
  });
});

describe('a count by a sample of pages', () => {
  const sampled = (filter: Partial<EventFilter>, exactUpTo = 50) => {
    return countBySample(pool, 'events', filterConditions(1, filterOf(filter)), exactUpTo);
  };

  it('is near the truth of what is frequent', async () => {
    const [, , where] = FILTERS.find(([name]) => name === 'a property of one in 60')!;
    const truth = (await expectedIds(where, 'id')).length;
    const { total, isClear } = (await sampled(property('sixtieth', '7')))!;
    expect(isClear).toBe(true);
    expect(total).toBeGreaterThan(truth / 2);
    expect(total).toBeLessThan(truth * 2);
  });

  it('leaves to counting what may be no more than is counted exactly', async () => {
    expect(await sampled({ eventName: 'seldom' })).toMatchObject({ isClear: false });
    expect(await sampled(property('sixtieth', '60'))).toMatchObject({
      total: 0,
      matching: 0,
      isClear: false,
    });
  });

  it('leaves a table that is small to counting', async () => {
    expect(await sampled({ eventType: 'behavioral' }, 10_000)).toBeNull();
  });
});

describe('a count of more than 10,000', () => {
  const even = property('even', 'true');

  // What is rare is in no statistics; so few rows cannot have it and be too many to be counted.
  beforeAll(async () => {
    await pool.query(
      `delete from pg_statistic where (starelid, staattnum) in (
         select attrelid, attnum from pg_attribute join pg_inherits on inhrelid = attrelid
         where inhparent = 'events'::regclass and attname = 'properties')`,
    );
  });

  const range = { from: at('2026-11-01T01:00:00Z'), to: at('2026-11-04T21:00:00Z') };
  const filters: [string, Partial<EventFilter>, sql: string][] = [
    ['a property, of which the planner knows nothing', even, 'true'],
    ['a property and a column', { ...even, eventType: 'telemetry' }, 'true'],
    ['a property in a range of receipt', { ...even, ...range }, `created_at between $1 and $2`],
    [
      'a property in a range of the device',
      { ...even, ...range, timeField: 'timestamp' },
      `"timestamp" between $1 and $2`,
    ],
  ];

  it.each(filters)('is near the truth: of %s', async (_, filter, sql) => {
    const times = `'2026-11-01 01:00Z' and '2026-11-04 21:00Z'`;
    const where = `properties ->> 'even' = 'true' and ${sql.replace('$1 and $2', times)}`;
    const truth = (await expectedIds(where, 'id')).length;
    expect(truth).toBeGreaterThan(10_500);
    const { total, estimated } = await reader.count(1, filterOf(filter), 'auto');
    expect(estimated).toBe(true);
    expect(Math.abs(total - truth)).toBeLessThan(truth / 10);
  });
});

describe('the migration to these indexes', () => {
  const indexes = async () => {
    const { rows } = await pool.query<{ name: string }>(
      `select indexname as name from pg_indexes where tablename = 'events' order by 1`,
    );
    return rows.map(({ name }) => name);
  };

  it('goes back and forth on a database with events', async () => {
    const migration = new EventIndexes1764200000000();
    const db = { query: (text: string) => pool.query(text) } as unknown as QueryRunner;
    const filter = filterOf({ eventName: 'now and then' });
    const { events } = await reader.page(1, filter, requestOf({}));
    await migration.down(db);
    expect(await indexes()).toEqual(
      ['created_at', 'event_name', 'id', 'properties', 'session_id', 'timestamp', 'user_id'].map(
        (name) => `events_${name}`,
      ),
    );
    await migration.up(db);
    expect(await indexes()).toEqual(
      ['created_at', 'id', 'timestamp', 'values'].map((name) => `events_${name}`),
    );
    expect((await reader.page(1, filter, requestOf({}))).events).toEqual(events);
  });
});
