import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventRow } from '../../src/core/counting/kind.js';
import {
  SORT_COLUMNS,
  type EventFilter,
  type EventPosition,
  type EventReader,
  type PageRequest,
  type SortColumn,
} from '../../src/core/ports/event-reader.js';
import { EVENT_TYPES, PRIORITIES, type StoredEvent } from '../../src/core/records/event.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import { eventReader } from '../support/counting.js';
import { cloneDatabase, deleteFrom, type TestDatabase } from '../support/database.js';
import { endPool } from '../support/end-pool.js';
import { createPartitions, insertRows, type EventRow } from '../support/event-rows.js';
import { newEvent } from '../support/new-event.js';
import { runs } from '../support/property-runs.js';
import { sampleOf } from '../support/sample-of.js';

let database: TestDatabase;
let pool: pg.Pool;
let reader: EventReader;

beforeAll(async () => {
  database = await cloneDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4, options: '-c TimeZone=UTC -c DateStyle=ISO' });
  await createPartitions(pool, '2026-11-01', 6);
  await pool.query(`insert into projects (name) values ('other')`);
  reader = eventReader({ query: pool });
});

afterEach(() => pool.query(deleteFrom('events', 'event_keys', 'event_totals', 'event_blocks')));

afterAll(async () => {
  await endPool(pool);
  await database.drop();
});

function filterOf(filter: Partial<EventFilter> = {}): EventFilter {
  return { properties: [], timeField: 'created_at', ...filter };
}

function requestOf(request: Partial<PageRequest> = {}): PageRequest {
  return { sortBy: 'created_at', descending: true, pageSize: 100, offset: 0, maxBytes: Infinity, ...request };
}

async function found(filter: Partial<EventFilter>): Promise<string[]> {
  const { events } = await reader.page(1, filterOf(filter), requestOf({ sortBy: 'id', descending: false }));
  const { total } = await reader.count(1, filterOf(filter), 'exact');
  if (Object.keys(filter).length > 0 && !isRollup(filter)) expect(total).toBe(events.length);
  return events.map((event) => event.event_id);
}

function isRollup({
  eventType,
  eventName,
  priority,
  appVersion,
  providerName,
}: Partial<EventFilter>): boolean {
  return [eventType, eventName, priority, appVersion, providerName].some((value) => value !== undefined);
}

const micros = (text: string) => parseRfc3339(text)!;

describe('a stored event', () => {
  it('comes back by its event_id with microseconds, exact integers and every field', async () => {
    const id = 'a/b c%ü'.padEnd(255, 'x');
    await insertRows(pool, [
      {
        event_id: id,
        event_type: 'error',
        event_name: 'crash',
        timestamp: '2026-11-01T00:00:00.123456Z',
        reported_timestamp: '2027-01-01T00:00:00.000Z',
        created_at: '2026-11-03T10:00:00.000001Z',
        user_id: 'u',
        session_id: 's',
        app_version: '1.0',
        sequence_number: 7,
        priority: 'high',
        properties: '{"big": 12345678901234567890, "__proto__": {"a": 1}}',
      },
    ]);
    const event = await reader.byEventId(1, id);
    expect(event).toMatchObject({
      event_id: id,
      event_type: 'error',
      event_name: 'crash',
      timestamp: '2026-11-01T00:00:00.123456Z',
      reported_timestamp: '2027-01-01T00:00:00.000Z',
      created_at: '2026-11-03T10:00:00.000001Z',
      user_id: 'u',
      session_id: 's',
      app_version: '1.0',
      sequence_number: 7,
      priority: 'high',
      device_info: {},
    });
    expect(event!.properties).toBe('{"big":12345678901234567890,"__proto__":{"a":1}}');
    expect(Object.keys(event!)).toContain('processed_at');
    expect((await reader.page(1, filterOf(), requestOf())).events).toEqual([event]);
  });

  it('is not there for another project, under another id, or once its day was dropped', async () => {
    await insertRows(pool, [{ event_id: 'a' }, { event_id: 'b', project_id: 2 }]);
    expect(await reader.byEventId(1, 'b')).toBeNull();
    expect(await reader.byEventId(1, 'A')).toBeNull();
    expect((await reader.byEventId(2, 'b'))?.event_id).toBe('b');
    expect((await reader.page(2, filterOf(), requestOf())).events).toHaveLength(1);
    await pool.query(deleteFrom('events'));
    expect(await reader.byEventId(1, 'a')).toBeNull();
  });
});

describe('filters', () => {
  it('narrow by each column, exactly, and together', async () => {
    await insertRows(pool, [
      { event_id: 'a', event_type: 'error', user_id: 'u', properties: '{"tags": {"provider": "p"}}' },
      { event_id: 'b', event_name: 'Tap', session_id: 's', priority: 'high' },
      { event_id: 'c', app_version: '1.0', user_id: 'u' },
      { event_id: 'd', project_id: 2, user_id: 'u' },
    ]);
    expect(await found({})).toEqual(['a', 'b', 'c']);
    expect(await found({ eventType: 'error' })).toEqual(['a']);
    expect(await found({ eventName: 'tap' })).toEqual(['a', 'c']);
    expect(await found({ userId: 'u' })).toEqual(['a', 'c']);
    expect(await found({ userId: `u' or true --` })).toEqual([]);
    expect(await found({ sessionId: 's' })).toEqual(['b']);
    expect(await found({ appVersion: '1.0' })).toEqual(['c']);
    expect(await found({ priority: 'high' })).toEqual(['b']);
    expect(await found({ providerName: 'p' })).toEqual(['a']);
    expect(await found({ userId: 'u', eventType: 'behavioral' })).toEqual(['c']);
  });

  it('find a property as the string and as the scalar that it spells', async () => {
    const values = [
      '5',
      '"5"',
      '5.0',
      'true',
      '"true"',
      'null',
      '"null"',
      '12345678901234567890',
      '{"b": 5}',
      '[5]',
    ];
    await insertRows(
      pool,
      values.map((value, i) => ({
        event_id: `${i}`,
        properties: `{"a": ${value}, "c": {"d": {"e": ${value}}}}`,
      })),
    );
    const at = (path: string, value: string) => found({ properties: [{ path: path.split('.'), value }] });
    for (const path of ['a', 'c.d.e']) {
      expect(await at(path, '5')).toEqual(['0', '1', '2']);
      expect(await at(path, '5.00')).toEqual(['0', '2']);
      expect(await at(path, 'true')).toEqual(['3', '4']);
      expect(await at(path, 'null')).toEqual(['5', '6']);
      expect(await at(path, '12345678901234567890')).toEqual(['7']);
      expect(await at(path, '12345678901234567891')).toEqual([]);
      expect(await at(path, '1e400')).toEqual([]);
      expect(await at(path, '1e-99999999')).toEqual([]);
      expect(await at(path, '05')).toEqual([]);
      expect(await at(path, '"}{')).toEqual([]);
      expect(await at(path, '')).toEqual([]);
    }
    expect(await at('a.b', '5')).toEqual(['8']);
    expect(await at('__proto__.constructor', '5')).toEqual([]);
  });

  it('take times from inclusive to exclusive, of receipt or of the device', async () => {
    await insertRows(pool, [
      { event_id: 'late', timestamp: '2026-10-01T00:00:00Z', created_at: '2026-11-05T00:00:00Z' },
      { event_id: 'early', timestamp: '2026-11-04T00:00:00Z', created_at: '2026-11-03T00:00:00.000001Z' },
      { event_id: 'prompt', timestamp: '2026-11-03T00:00:00Z', created_at: '2026-11-03T00:00:00Z' },
    ]);
    const day = { from: micros('2026-11-03T00:00:00Z'), to: micros('2026-11-04T00:00:00Z') };
    expect(await found(day)).toEqual(['early', 'prompt']);
    expect(await found({ ...day, timeField: 'timestamp' })).toEqual(['prompt']);
    expect(await found({ timeField: 'timestamp', from: day.to })).toEqual(['early']);
    expect(await found({ timeField: 'timestamp', to: day.from })).toEqual(['late']);
    expect(
      await found({ from: micros('0001-01-01T00:00:00Z'), to: micros('9999-12-31T23:59:59.999999Z') }),
    ).toHaveLength(3);
    expect(await found({ timeField: 'timestamp', from: micros('0001-01-01T00:00:00Z') })).toHaveLength(3);
  });
});

const anyRow = fc.record({
  event_type: fc.constantFrom(...EVENT_TYPES),
  event_name: fc.constantFrom('a', 'b', 'c'),
  timestamp: fc.constantFrom(
    '2026-11-01T00:00:00.000Z',
    '2026-11-02T00:00:00.000001Z',
    '2026-11-03T00:00:00.000Z',
  ),
  created_at: fc.constantFrom(
    '2026-11-02T23:59:59.999999Z',
    '2026-11-03T00:00:00.000Z',
    '2026-11-04T00:00:00.000001Z',
  ),
  user_id: fc.constantFrom(null, 'u', 'v'),
  session_id: fc.constantFrom(null, 's'),
  app_version: fc.constantFrom(null, '1', '2'),
  priority: fc.constantFrom(...PRIORITIES),
});
let rowsMade = 0;
const named = (rows: Omit<EventRow, 'event_id'>[]): EventRow[] =>
  rows.map((row) => ({ ...row, event_id: `${(rowsMade++ * 7919) % 10_007}-${rowsMade}` }));

describe.each(SORT_COLUMNS)('pages by %s', (sortBy) => {
  it.each([true, false])(
    'by cursor give each row exactly once, while others are written (descending %s)',
    async (descending) => {
      const pageSizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
      const filters = fc.constantFrom<Partial<EventFilter>>({}, { eventType: 'error' }, { userId: 'u' });
      const later = fc.array(fc.array(anyRow, { maxLength: 3 }), { maxLength: 4 });
      const property = fc.asyncProperty(
        fc.array(anyRow, { maxLength: 40 }),
        later,
        pageSizes,
        filters,
        async (first, others, sizes, narrow) => {
          await pool.query(deleteFrom('events', 'event_keys'));
          await insertRows(pool, named(first));
          const filter = filterOf(narrow);
          const atStart = (await reader.page(1, filter, requestOf())).events.map((event) => event.id);
          const seen: StoredEvent[] = [];
          let after: EventPosition | undefined;
          for (let i = 0; ; i++) {
            const pageSize = sizes[i % sizes.length];
            const page = await reader.page(1, filter, requestOf({ sortBy, descending, pageSize, after }));
            seen.push(...page.events);
            expect(page.events.length).toBe(page.next === null ? page.events.length : pageSize);
            if (page.next === null) break;
            after = page.next;
            if (others[i]) await insertRows(pool, named(others[i]));
          }
          const ids = seen.map((event) => event.id);
          expect(new Set(ids).size).toBe(ids.length);
          expect(ids).toEqual(expect.arrayContaining(atStart));
          expect(seen.map((event) => event[sortBy])).toEqual(sorted(seen, sortBy, descending));
        },
      );
      await fc.assert(property, { numRuns: runs(12) });
    },
  );

  it('by number are the same rows in the same order', async () => {
    await insertRows(pool, named(sampleOf(anyRow, 60)));
    for (const descending of [true, false]) {
      const whole = await reader.page(1, filterOf(), requestOf({ sortBy, descending }));
      const pages: StoredEvent[] = [];
      for (let offset = 0; offset < 70; offset += 7) {
        const request = requestOf({ sortBy, descending, offset, pageSize: 7 });
        const { events } = await reader.page(1, filterOf(), request);
        pages.push(...events);
      }
      expect(pages).toEqual(whole.events);
    }
  });
});

// By the field alone, what is null at the end: ties are the reader's business.
function sorted(events: StoredEvent[], sortBy: SortColumn, descending: boolean): StoredEvent[SortColumn][] {
  const values = events.map((event) => event[sortBy]);
  const present = values.filter((value) => value !== null).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return [...(descending ? present.toReversed() : present), ...values.filter((value) => value === null)];
}

describe('counts', () => {
  async function fill(n: number): Promise<void> {
    await pool.query(
      `insert into events (id, key, project_id, event_id, event_type, event_name, "timestamp", created_at, user_id,
         priority, properties, device_info)
       select g, gen_random_uuid(), 1, g::text, 'behavioral', 'tap', t, t, 'u', 'normal', '{}', '{}'
       from generate_series(1, $1::int) g, lateral (select timestamptz '2026-11-02 00:00Z' + g * interval '1 s' as t) time`,
      [n],
    );
    await pool.query('analyze events');
  }

  it('are exact up to 10,000 rows, past that an estimate that says so, and exact on request', async () => {
    await fill(10_000);
    const byUser = filterOf({ userId: 'u' });
    expect(await reader.count(1, byUser, 'auto')).toEqual({ total: 10_000, estimated: false });
    await pool.query(deleteFrom('events'));
    await fill(20_000);
    const estimate = await reader.count(1, byUser, 'auto');
    expect(estimate.estimated).toBe(true);
    expect(estimate.total).toBeGreaterThan(10_000);
    expect(estimate.total).toBeLessThan(40_000);
    expect(await reader.count(1, byUser, 'exact')).toEqual({ total: 20_000, estimated: false });
  });

  it('of one dimension are the totals and what is not in them yet, whatever their size', async () => {
    await pool.query(
      `insert into event_totals (project_id, dimension, value, day, n) values
         (1, 'all', '', '2026-11-01', 50000), (1, 'all', '', '2026-11-02', 1), (2, 'all', '', '2026-11-02', 7),
         (1, 'event_name', 'tap', '2026-11-01', 30000), (1, 'event_name', 'swipe', '2026-11-01', 9)`,
    );
    const some = [1, 2].map((projectId) =>
      eventRow(newEvent({ projectId, eventType: 'error', eventName: 'tap', priority: 'high' })),
    );
    await pool.query('insert into event_blocks (size, records) values (2, $1)', [JSON.stringify(some)]);
    const count = async (filter: Partial<EventFilter>) => reader.count(1, filterOf(filter), 'auto');
    expect(await count({})).toEqual({ total: 50_002, estimated: false });
    expect(await count({ eventName: 'tap' })).toEqual({ total: 30_001, estimated: false });
    expect(await count({ eventType: 'error' })).toEqual({ total: 1, estimated: false });
    expect(await count({ appVersion: '9' })).toEqual({ total: 0, estimated: false });
    // not one dimension alone: these are counted from the rows, of which there are none
    expect(await count({ eventName: 'tap', priority: 'high' })).toEqual({ total: 0, estimated: false });
    expect(await count({ eventName: 'tap', from: 0 })).toEqual({ total: 0, estimated: false });
  });

  it('of a dimension whose values were folded are taken from the rows', async () => {
    await fill(10_500);
    await pool.query(
      `insert into event_totals (project_id, dimension, value, day, n)
       values (1, 'event_name', 'tap', '2026-11-02', 10), (1, 'event_name', '(other)', '2026-11-02', 10490)`,
    );
    expect(await reader.count(1, filterOf({ eventName: 'tap' }), 'auto')).toEqual({
      total: 10_500,
      estimated: false,
    });
  });

  it('that take too long end as a timeout', async () => {
    await fill(5_000);
    const impatient = new pg.Pool({
      connectionString: database.url,
      max: 1,
      options: '-c statement_timeout=1',
    });
    const slow = eventReader({ query: impatient });
    const many = Array.from({ length: 50 }, (_, i) => ({ path: ['a'], value: `${i}` }));
    await expect(slow.count(1, filterOf({ properties: many }), 'exact')).rejects.toMatchObject({
      code: 'timeout',
    });
    await endPool(impatient);
  });
});
