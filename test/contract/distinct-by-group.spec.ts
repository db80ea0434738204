import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENTS } from '../../src/core/counting/kind.js';
import { PendingBlocks } from '../../src/core/counting/pending-blocks.js';
import { SeenByValue } from '../../src/core/counting/seen-by-value.js';
import type { StatsRequest } from '../../src/core/ports/event-stats.js';
import type { NewEvent } from '../../src/core/records/event.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import { DAY, HOUR } from '../../src/core/time.js';
import type { SeenQuery } from '../../src/storage/counting/seen-store.js';
import { PostgresSeenStore } from '../../src/storage/postgres/counting/postgres-seen-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { PostgresMaintenance } from '../../src/storage/postgres/maintenance/postgres-maintenance.js';
import { inTransaction } from '../../src/storage/postgres/transaction.js';
import { configOf } from '../support/config.js';
import { eventCounting } from '../support/counting.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { expectAnswer } from '../support/event-scan.js';
import { newEvent } from '../support/new-event.js';
import { runs } from '../support/property-runs.js';
import { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';

// nine days after clocks went back in Berlin
const NOW = parseRfc3339('2026-11-03T10:17:23.123Z')!;
const clock = new TestClock(NOW / 1000);
const never = new AbortController().signal;
/** Processes on one database. */
const PROCESSES = 2;

let server: TestDatabase;
let database: Database;
let maintenance: PostgresMaintenance;
let seen: PostgresSeenStore;
let processes: ReturnType<typeof eventCounting>[];

beforeAll(async () => {
  server = await cloneDatabase();
  database = await Database.connect(configOf({ DB_MAX_CONNECTIONS: '12' }), server.url);
  maintenance = new PostgresMaintenance(database);
  seen = new PostgresSeenStore(database);
  // one reads who was seen with a value as many texts
  processes = Array.from({ length: PROCESSES }, (_, i) =>
    eventCounting(database, clock, {
      batchRecords: 40,
      pending: new PendingBlocks(EVENTS),
      idsOfAText: i === 0 ? undefined : 2,
    }),
  );
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

let projects = 0;
async function newProject(): Promise<number> {
  const { rows } = await database.query.query<{ id: number }>(
    'insert into projects (name) values ($1) returning id',
    [`p${++projects}`],
  );
  return rows[0].id;
}

function count(by = 0): Promise<unknown> {
  return processes[by].counter.count({ now: NOW, maxNames: 100 });
}

async function countAll(): Promise<void> {
  await until(async () => {
    await count();
    return (await processes[0].counted.backlog()).length === 0;
  });
}

async function kept(projectId: number): Promise<number> {
  const { rows } = await database.query.query<{ n: number }>(
    'select count(*)::int as n from event_seen where project_id = $1 and seen is not null',
    [projectId],
  );
  return rows[0].n;
}

const month: StatsRequest = {
  type: 'users',
  from: NOW - 30 * DAY,
  to: NOW,
  interval: '1d',
  timezone: 'UTC',
  groupBy: 'event_name',
};

function ask(projectId: number, query = month, by = 0) {
  return processes[by].stats.stats(projectId, query);
}

/** Events of each day of the month, three users each, on the day that they happened. */
function eventsOf(projectId: number): NewEvent[] {
  return Array.from({ length: 90 }, (_, i) => {
    const timestamp = NOW - Math.floor(i / 3) * DAY - (i % 3) * 7 * HOUR;
    const names = { eventName: i % 2 ? 'tap' : 'open', userId: `u${i % 7}`, sessionId: `s${i}` };
    return newEvent({ projectId, timestamp, createdAt: timestamp, ...names });
  });
}

async function filled(): Promise<{ projectId: number; events: NewEvent[] }> {
  const projectId = await newProject();
  const events = eventsOf(projectId);
  await processes[0].store.append(events);
  await countAll();
  return { projectId, events };
}

const late = (projectId: number) =>
  newEvent({ projectId, timestamp: NOW - 5 * DAY, createdAt: NOW, eventName: 'tap', userId: 'late' });

describe('users and sessions by group', () => {
  it('are read from the rows once', async () => {
    const { projectId, events } = await filled();
    const questions = (['users', 'sessions'] as const).flatMap((type) =>
      (['event_name', 'event_type', 'app_version', 'priority'] as const).map((groupBy) => ({
        ...month,
        type,
        groupBy,
      })),
    );
    // of whole hours: the rest of the last one is always read from the rows
    const whole = { from: month.from - (month.from % HOUR), to: NOW - (NOW % HOUR) };
    for (const question of questions) {
      expectAnswer(await ask(projectId, { ...question, ...whole }), events, { ...question, ...whole });
    }
    await database.query.query('delete from events where project_id = $1', [projectId]);
    for (const question of questions) {
      const again = await ask(projectId, { ...question, ...whole }, 1);
      expectAnswer(again, events, { ...question, ...whole });
    }
  });

  it.each(['Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe'])(
    'are those of the days of %s, where clocks change, and again when they are kept',
    async (timezone) => {
      const { projectId, events } = await filled();
      for (const interval of ['1d', '6h', '1h'] as const) {
        const query = { ...month, interval, timezone };
        expectAnswer(await ask(projectId, query), events, query);
        expect(await kept(projectId)).toBeGreaterThan(0);
        expectAnswer(await ask(projectId, query, 1), events, query);
      }
    },
  );

  it('have a late record while it is not counted, and then', async () => {
    const { projectId, events } = await filled();
    await ask(projectId);
    const before = await kept(projectId);
    events.push(late(projectId));
    await processes[1].store.append(events.slice(-1));
    expectAnswer(await ask(projectId), events, month);
    expect(await kept(projectId)).toBe(before);
    await countAll();
    expect(await kept(projectId)).toBe(before - 1);
    expectAnswer(await ask(projectId), events, month);
    expect(await kept(projectId)).toBe(before);
  });

  it('are kept of what is over, whatever is received now', async () => {
    const { projectId, events } = await filled();
    await ask(projectId);
    const before = await kept(projectId);
    events.push(newEvent({ projectId, timestamp: NOW, createdAt: NOW, eventName: 'tap', userId: 'new' }));
    await processes[0].store.append(events.slice(-1));
    await countAll();
    expect(await kept(projectId)).toBe(before);
    const query = { ...month, to: NOW + 1 };
    expectAnswer(await ask(projectId, query), events, query);
  });

  it('are the same where there are too many for memory', async () => {
    const { projectId } = await filled();
    const [, first] = eventsOf(projectId);
    await processes[0].store.append([{ ...first, eventId: 'other', eventName: '(other)', userId: 'x' }]);
    const { series, total } = await seen.count(
      { projectId, kind: 'user', dimension: 'event_name' },
      { ...month, starts: [month.from, NOW - DAY] },
      1,
    );
    expect(total).toBe(8);
    expect(series.map(({ point, value, n }) => [point, value, n])).toEqual(
      expect.arrayContaining([
        [0, '(other)', 7],
        [0, 'open', 7],
        [1, '(other)', 3],
      ]),
    );
  });
});

describe('what is kept of who was seen', () => {
  const day = { from: NOW - (NOW % DAY) - 5 * DAY, to: NOW - (NOW % DAY) - 4 * DAY };
  const questionOf = (projectId: number): SeenQuery => ({
    projectId,
    kind: 'user',
    dimension: 'event_name',
  });

  async function scanned(projectId: number): Promise<Buffer> {
    const [found] = await seen.scan(questionOf(projectId), [{ ...day, events: 100 }]);
    return (await SeenByValue.of(found)).toBytes();
  }

  it('is not what was read before a record of the same time was counted', async () => {
    const { projectId, events } = await filled();
    const id = (await seen.reserve(questionOf(projectId), [day])).get(day.from)!;
    const bytes = await scanned(projectId);
    events.push(late(projectId));
    await processes[0].store.append(events.slice(-1));
    await countAll();
    await seen.keep(new Map([[id, bytes]]));
    expect(await kept(projectId)).toBe(0);
    expectAnswer(await ask(projectId), events, month);
  });

  it('is nothing while somebody counts', async () => {
    const { projectId, events } = await filled();
    await inTransaction(database.query, async (db) => {
      await db.query('select pg_advisory_xact_lock(8317, 1)');
      expectAnswer(await ask(projectId), events, month);
      expect(await kept(projectId)).toBe(0);
    });
    await ask(projectId);
    expect(await kept(projectId)).toBeGreaterThan(0);
  });

  it('is not hindered by who reserved it and is gone, and holds what was kept last', async () => {
    const { projectId, events } = await filled();
    const first = (await seen.reserve(questionOf(projectId), [day])).get(day.from)!;
    await ask(projectId);
    const before = await kept(projectId);
    expect(before).toBeGreaterThan(0);
    await seen.keep(new Map([[first, Buffer.from('of somebody who was slow')]]));
    expectAnswer(await ask(projectId), events, month);
    // what is kept is not reserved again
    expect(await seen.reserve(questionOf(projectId), [day])).toEqual(new Map());
  });

  it('goes with the project', async () => {
    const { projectId } = await filled();
    await ask(projectId);
    await maintenance.removeProject(projectId);
    expect(await kept(projectId)).toBe(0);
  });

  it('goes when nobody has asked for a week', async () => {
    const { projectId } = await filled();
    await ask(projectId);
    const before = await kept(projectId);
    await database.query.query(
      `update event_seen set used_at = used_at - interval '6 days 23 hours' where project_id = $1`,
      [projectId],
    );
    await ask(projectId, { ...month, from: NOW - 10 * DAY });
    await database.query.query(
      `update event_seen set used_at = used_at - interval '2 hours' where project_id = $1`,
      [projectId],
    );
    await maintenance.pruneMinutes(NOW);
    const left = await kept(projectId);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(before);
  });
});

const aRecord = fc.record({
  timestamp: fc.oneof(
    fc.integer({ min: NOW - 3 * DAY, max: NOW }),
    fc.integer({ min: NOW - 32 * DAY, max: NOW }),
  ),
  /** Late by so long. */
  late: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 * DAY })),
  eventName: fc.constantFrom('tap', '__proto__', 'näme "\\ '),
  userId: fc.option(fc.oneof(fc.nat(20).map(String), fc.constantFrom('', '\x1f', 'a\x1fb', 'ü'))),
  sessionId: fc.option(fc.nat(60).map(String)),
});
const by = fc.nat(PROCESSES - 1);
const aStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('append' as const),
      by,
      records: fc.array(aRecord, { minLength: 1, maxLength: 20 }),
      again: fc.nat(3),
    }),
  },
  // goes on beside the steps that follow
  { weight: 4, arbitrary: fc.record({ does: fc.constant('count' as const), by }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('ask' as const),
      by,
      type: fc.constantFrom('users' as const, 'sessions' as const),
      interval: fc.constantFrom('1d' as const, '6h' as const, '1h' as const),
      timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
      beside: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('drop' as const), days: fc.integer({ min: 1, max: 30 }) }),
  },
);

it('equals a scan, whatever is appended late, counted, asked for and removed in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 6, maxLength: 20 }), async (steps) => {
      const projectId = await newProject();
      let events: NewEvent[] = [];
      let counting: Promise<unknown>[] = [];
      for (const step of steps) {
        if (step.does === 'append') {
          const fresh = step.records.map(({ late, ...event }) =>
            newEvent({
              ...event,
              projectId,
              createdAt: Math.min(NOW, Math.max(event.timestamp + late, event.timestamp - DAY)),
            }),
          );
          await processes[step.by].store.append([...fresh, ...events.slice(0, step.again)]);
          events.push(...fresh);
        } else if (step.does === 'count') counting.push(count(step.by));
        else if (step.does === 'drop') {
          await Promise.all(counting);
          counting = [];
          const first = NOW - (NOW % DAY) - step.days * DAY;
          await maintenance.dropDaysBefore(new Date(first / 1000).toISOString().slice(0, 10), never);
          events = events.filter(({ createdAt }) => createdAt >= first);
        } else {
          const { type, interval, timezone } = step;
          const query = { ...month, type, interval, timezone };
          if (step.beside) counting.push(ask(projectId, query, 1 - step.by));
          expectAnswer(await ask(projectId, query, step.by), events, query);
        }
      }
      await Promise.all(counting);
      await countAll();
      expectAnswer(await ask(projectId), events, month);
      expectAnswer(await ask(projectId), events, month);
    }),
    { numRuns: runs(25) },
  );
}, 120_000);
