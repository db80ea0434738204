import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FoldedRecords } from '../../src/core/counting/admission.js';
import { INTERVALS } from '../../src/core/counting/time-buckets.js';
import {
  GROUPS,
  STATS_TYPES,
  TOP_DIMENSIONS,
  type CountValues,
  type EventStats,
  type StatsRequest,
} from '../../src/core/ports/event-stats.js';
import { EVENT_TYPES, type NewEvent } from '../../src/core/records/event.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import type { Micros } from '../../src/core/time.js';
import { DAY, HOUR, MINUTE } from '../../src/core/time.js';
import type { PostgresEventStore } from '../../src/storage/postgres/append/postgres-event-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { configOf } from '../support/config.js';
import { eventCounting } from '../support/counting.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { expectAnswer, scanTop } from '../support/event-scan.js';
import { near } from '../support/near.js';
import { newEvent } from '../support/new-event.js';
import { runs } from '../support/property-runs.js';
import { TestClock } from '../support/test-clock.js';
import { expectTop } from '../support/top-scan.js';
import { until } from '../support/until.js';

// nine days after clocks went back in Berlin
const NOW = parseRfc3339('2026-11-03T10:17:23.123Z')!;
const ZONES = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'Australia/Lord_Howe'];

let server: TestDatabase;
let database: Database;
let store: PostgresEventStore;
let stats: EventStats;
let project = 0;

beforeAll(async () => {
  server = await cloneDatabase();
  database = await Database.connect(configOf(), server.url);
  ({ store, stats } = eventCounting(database, new TestClock(NOW / 1000)));
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

/** Counts all that is pending, as often as it takes: another process may be at it. Gives what had no room. */
async function counted({ maxNames = 10_000, batchRecords = 60_000 } = {}): Promise<FoldedRecords[]> {
  const all: FoldedRecords[] = [];
  const { counter } = eventCounting(database, new TestClock(NOW / 1000), { batchRecords });
  await until(async () => {
    all.push(...(await counter.count({ now: NOW, maxNames })));
    return (await database.query.query(`select from event_blocks limit 1`)).rowCount === 0;
  });
  return all;
}

/** A project of its own for a test, without events. */
async function newProject(): Promise<number> {
  const { rows } = await database.query.query<{ id: number }>(
    `insert into projects (name) values ($1) returning id`,
    [`p${++project}`],
  );
  return rows[0].id;
}

function eventOf(projectId: number, event: Partial<NewEvent>): NewEvent {
  return newEvent({ projectId, timestamp: NOW, createdAt: NOW, ...event });
}

// Around what may go wrong: edges of buckets, the change of clocks, the reach of minutes, what came weeks late.
const aTimestamp = fc.oneof(
  fc.integer({ min: NOW - 2 * HOUR, max: NOW }),
  fc.integer({ min: NOW - 40 * DAY, max: NOW }),
  fc.integer({ min: NOW - 9 * DAY, max: NOW - 7 * DAY }),
  fc
    .tuple(fc.integer({ min: -40 * 96, max: 1 }), fc.integer({ min: -1, max: 1 }))
    .map(([quarters, off]) => Math.floor(NOW / (15 * MINUTE)) * 15 * MINUTE + quarters * 15 * MINUTE + off),
  fc.integer({ min: Date.UTC(2026, 9, 24) * 1000, max: Date.UTC(2026, 9, 26) * 1000 }),
);

const anEvent = fc.record({
  timestamp: aTimestamp,
  createdAt: fc.integer({ min: NOW - 3 * DAY, max: NOW }),
  eventType: fc.constantFrom(...EVENT_TYPES),
  eventName: fc.constantFrom('tap', 'open', 'close', 'näme '),
  priority: fc.constantFrom('normal' as const, 'high' as const),
  appVersion: fc.constantFrom(null, '1.0', '2.0'),
  providerName: fc.constantFrom(null, 'maps', 'Maps'),
  durationMs: fc.option(
    fc.oneof(fc.double({ min: 0.01, max: 1e5, noNaN: true }), fc.constantFrom(0, -5, 1e300)),
  ),
  userId: fc.option(fc.integer({ min: 0, max: 40 }).map(String)),
  sessionId: fc.option(fc.integer({ min: 0, max: 200 }).map(String)),
});

const aLength = fc.constantFrom(90_000_000, 40 * MINUTE, HOUR, 7 * HOUR, DAY, 30 * HOUR);
const aQuestion: fc.Arbitrary<StatsRequest> = fc
  .record(
    {
      type: fc.constantFrom(...STATS_TYPES),
      interval: fc.constantFrom(...INTERVALS),
      timezone: fc.constantFrom(...ZONES),
      groupBy: fc.constantFrom(...GROUPS),
      to: fc.oneof(fc.constant(NOW + 1), aTimestamp),
      length: aLength,
      wide: fc.integer({ min: 1, max: 10 }),
    },
    { requiredKeys: ['type', 'interval', 'timezone', 'to', 'length', 'wide'] },
  )
  .map(({ to, length, wide, ...question }) => {
    const long = question.interval === '1d' || question.interval === '1h';
    return { ...question, from: to - length * (long ? wide : 1), to };
  });

describe('every number equals a scan of the rows', () => {
  it('whatever was asked, before, while and after records are counted', async () => {
    const batches = fc.array(fc.array(anEvent, { minLength: 1, maxLength: 120 }), {
      minLength: 2,
      maxLength: 4,
    });
    const questions = fc.array(aQuestion, { minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        batches,
        questions,
        fc.integer({ min: 10, max: 80 }),
        async (rounds, asked, batchRecords) => {
          const id = await newProject();
          const events: NewEvent[] = [];
          for (const round of rounds) {
            const added = round.map((event) => eventOf(id, plausible(event)));
            await store.append(added);
            events.push(...added);
            const running = Promise.all([counted({ batchRecords }), counted({ batchRecords })]);
            for (const question of asked) expectAnswer(await stats.stats(id, question), events, question);
            await running;
          }
          for (const question of asked) expectAnswer(await stats.stats(id, question), events, question);
        },
      ),
      { numRuns: runs(25) },
    );
  });

  it('the first values too', async () => {
    const aTop = fc.record({
      by: fc.constantFrom(...TOP_DIMENSIONS),
      to: fc.oneof(fc.constant(NOW + 1), aTimestamp),
      length: fc.constantFrom(90_000_000, HOUR, DAY, 33 * DAY),
      limit: fc.integer({ min: 1, max: 5 }),
    });
    const asked = fc.array(aTop, { minLength: 6, maxLength: 6 });
    const rounds = fc.array(fc.array(anEvent, { minLength: 1, maxLength: 100 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(rounds, asked, async (batches, tops) => {
        const id = await newProject();
        const events: NewEvent[] = [];
        const expectTops = async () => {
          for (const { by, to, length, limit } of tops) {
            const question = { by, from: to - length, to, limit };
            const { values, total } = scanTop(events, question);
            expectTop(await stats.top(id, question), values, total, { limit });
          }
        };
        for (const batch of batches) {
          const added = batch.map((event) => eventOf(id, plausible(event)));
          await store.append(added);
          events.push(...added);
          const running = counted();
          await expectTops();
          await running;
        }
        await expectTops();
      }),
      { numRuns: runs(10) },
    );
  });

  it('the metrics too', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anEvent, { maxLength: 150 }), fc.boolean(), async (some, countFirst) => {
        const id = await newProject();
        const events = some.map((event) => eventOf(id, plausible(event)));
        await store.append(events);
        if (countFirst) await counted();
        const minute = (time: Micros) => Math.floor(time / MINUTE) * MINUTE;
        const within = (length: Micros) =>
          events.filter(
            ({ timestamp }) => timestamp >= minute(NOW - length) && timestamp < minute(NOW) + MINUTE,
          );
        const day = within(DAY);
        const timed = day.flatMap(({ durationMs }) => durationMs ?? []);
        const { top_event_types: top, ...metrics } = await stats.metrics(id, NOW);
        expect(metrics).toEqual({
          total_logs: events.length,
          logs_last_hour: within(HOUR).length,
          logs_last_day: day.length,
          average_latency_ms:
            timed.length === 0 ? 0 : near(timed.reduce((a, b) => a + b) / timed.length, 1e-9),
          error_rate_percent:
            day.length === 0
              ? 0
              : (100 * day.filter(({ eventType }) => eventType === 'error').length) / day.length,
          active_sessions: new Set(within(HOUR / 2).flatMap(({ sessionId }) => sessionId ?? [])).size,
          active_users: new Set(within(HOUR).flatMap(({ userId }) => userId ?? [])).size,
        });
        const counts = Map.groupBy(events, ({ eventType }) => eventType);
        expect(new Map(top.map(({ event_type, count }) => [event_type, count]))).toEqual(
          new Map([...counts].map(([type, of]) => [type, of.length])),
        );
        expect(top.map(({ count }) => count)).toEqual(top.map(({ count }) => count).sort((a, b) => b - a));
      }),
      { numRuns: runs(15) },
    );
  });
});

// A timestamp is at most a day after receipt.
function plausible(event: { timestamp: Micros; createdAt: Micros }): Partial<NewEvent> {
  return { ...event, createdAt: Math.max(event.createdAt, event.timestamp - DAY) };
}

describe('names beyond the cap', () => {
  it('are counted as (other), the most frequent by name, and add up', async () => {
    const id = await newProject();
    const names = Array.from({ length: 10 }, (_, i) =>
      Array.from({ length: 10 - i }, () => `name${i}`),
    ).flat();
    await store.append(
      names.map((eventName) => eventOf(id, { eventName, durationMs: 10, timestamp: NOW - DAY })),
    );
    await counted({ maxNames: 3 });
    await store.append([eventOf(id, { eventName: 'late', timestamp: NOW - DAY })]);
    await counted({ maxNames: 3 });
    const question = {
      from: NOW - 2 * DAY,
      to: NOW,
      interval: '1d',
      timezone: 'UTC',
      groupBy: 'event_name',
    } as const;
    const logs = await stats.stats(id, { ...question, type: 'logs' });
    expect(logs.totals).toEqual({ count: 56 });
    expect(logs.series.map(({ group, count }) => [group, count])).toEqual([
      ['(other)', 29],
      ['name0', 10],
      ['name1', 9],
      ['name2', 8],
    ]);
    const latency = await stats.stats(id, { ...question, type: 'latency' });
    expect(latency.series.map(({ group, count }) => [group, count])).toContainEqual(['(other)', 28]);
  });

  it('unless an earlier day knows them: those keep their place whatever comes before, and have room of their own', async () => {
    const id = await newProject();
    const on = (createdAt: Micros, names: readonly string[]) =>
      names.map((eventName) => eventOf(id, { eventName, durationMs: 10, createdAt, timestamp: NOW - HOUR }));
    const countsOf = async () => {
      const groupBy = 'event_name' as const;
      const window = { from: NOW - DAY, to: NOW, interval: '1d', timezone: 'UTC', groupBy } as const;
      const { series, totals } = await stats.stats(id, { ...window, type: 'logs' });
      const latency = await stats.stats(id, { ...window, type: 'latency' });
      const counts = new Map<string, number>();
      for (const { group, ...values } of series)
        counts.set(group!, (counts.get(group!) ?? 0) + (values as CountValues).count);
      return { counts: Object.fromEntries(counts), totals, latency: latency.totals.count };
    };
    // too long ago to be known; known; full of noise
    await store.append(on(NOW - 8 * DAY, ['forgotten', 'forgotten', 'ancient']));
    await store.append(on(NOW - 7 * DAY, ['checkout', 'login', 'login']));
    const none = await counted({ maxNames: 3 });
    await store.append(on(NOW, ['noise1', 'noise1', 'noise2', 'noise2', 'noise3', 'noise3']));
    await counted({ maxNames: 3 });
    await store.append(
      on(NOW, ['noise4', 'noise4', 'noise4', 'checkout', 'login', 'login', 'forgotten', 'noise1']),
    );
    const folded = await counted({ maxNames: 3 });
    expect(await countsOf()).toEqual({
      counts: {
        noise1: 3,
        noise2: 2,
        noise3: 2,
        checkout: 2,
        login: 4,
        forgotten: 2,
        ancient: 1,
        '(other)': 4,
      },
      totals: { count: 20 },
      latency: 20,
    });
    expect(none).toEqual([]);
    const today = new Date(NOW / 1000).toISOString().slice(0, 10);
    expect(folded).toEqual([{ projectId: id, day: today, dimension: 'event_name', records: 4 }]);
  });

  it('of the known there is room for as many again, the most frequent of them', async () => {
    const id = await newProject();
    const known = ['a', 'b', 'c'];
    const on = (createdAt: Micros, names: readonly string[]) =>
      names.map((eventName) => eventOf(id, { eventName, createdAt, timestamp: NOW - HOUR }));
    // three on each of two days: more than there is room for on the third
    await store.append(on(NOW - 2 * DAY, known));
    await counted({ maxNames: 3 });
    await store.append(on(NOW - DAY, ['d', 'e', 'f']));
    await counted({ maxNames: 3 });
    await store.append(on(NOW, ['x', 'y', 'z']));
    await counted({ maxNames: 3 });
    await store.append(on(NOW, ['a', 'b', 'b', 'c', 'd', 'd', 'e', 'f', 'f', 'new', 'new', 'new']));
    const [folded] = await counted({ maxNames: 3 });
    // b, d and f have the room; a, c, e and the new one have not
    expect(folded).toMatchObject({ projectId: id, records: 6 });
    const { rows } = await database.query.query<{ value: string; n: string }>(
      `select value, n from event_totals where project_id = $1 and day = $2 and dimension = 'event_name' order by value`,
      [id, new Date(NOW / 1000)],
    );
    expect(rows.map(({ value, n }) => `${value} ${n}`).join()).toBe('(other) 6,b 2,d 2,f 2,x 1,y 1,z 1');
  });

  it('and groups beyond the hundredth are told together', async () => {
    const id = await newProject();
    const names = Array.from({ length: 130 }, (_, i) => [
      `name${i}`,
      ...(i < 100 ? [`name${i}`] : []),
    ]).flat();
    await store.append(names.map((eventName) => eventOf(id, { eventName, userId: eventName })));
    const question = {
      from: NOW - HOUR,
      to: NOW + 1,
      interval: '1h',
      timezone: 'UTC',
      groupBy: 'event_name',
    } as const;
    for (const [type, count] of [
      ['logs', 30],
      ['users', 30],
    ] as const) {
      const { series } = await stats.stats(id, { ...question, type });
      expect(series.length).toBe(101);
      expect(series.find(({ group }) => group === '(other)')).toMatchObject({ count });
    }
  });
});

describe('uniques', () => {
  it('are within 2 % beyond 10,000', async () => {
    const id = await newProject();
    const users = Array.from({ length: 24_000 }, (_, i) => `user${i}`);
    for (let at = 0; at < users.length; at += 4000) {
      const some = users.slice(at, at + 4000);
      await store.append(
        some.map((userId, i) => eventOf(id, { userId, timestamp: NOW - (i % 3000) * 1_000_000 })),
      );
    }
    await counted();
    const question = { type: 'users', to: NOW + 1, timezone: 'UTC' } as const;
    const day = await stats.stats(id, { ...question, from: NOW - DAY, interval: '1h' });
    expect(day.totals).toEqual({ count: near(24_000, 0.02) });
    const short = await stats.stats(id, { ...question, from: NOW - 50 * MINUTE, interval: '1m' });
    expect(short.totals).toEqual({ count: near(24_000, 0.02) });
  });
});
