import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CountStore } from '../../src/core/counting/count-store.js';
import { EVENTS } from '../../src/core/counting/kind.js';
import { PendingBlocks } from '../../src/core/counting/pending-blocks.js';
import type { StatsRequest } from '../../src/core/ports/event-stats.js';
import type { NewEvent } from '../../src/core/records/event.js';
import { parseRfc3339 } from '../../src/core/records/rfc3339.js';
import { DAY, HOUR, MINUTE } from '../../src/core/time.js';
import { Counter } from '../../src/storage/counting/counter.js';
import { EVENT_ROWS } from '../../src/storage/postgres/counting/columns.js';
import { PostgresCountStore } from '../../src/storage/postgres/counting/postgres-count-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { configOf } from '../support/config.js';
import { cutShort, eventCounting } from '../support/counting.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { expectAnswer } from '../support/event-scan.js';
import { newEvent } from '../support/new-event.js';
import { runs } from '../support/property-runs.js';
import { TestClock } from '../support/test-clock.js';
import { until } from '../support/until.js';

const NOW = parseRfc3339('2026-11-03T10:17:23.123Z')!;
const MINUTES_END = Math.ceil(NOW / MINUTE) * MINUTE;
const clock = new TestClock(NOW / 1000);
/** Processes on one database. */
const PROCESSES = 3;
/** So low that most steps that count do it in several transactions, and merge the parts of buckets: with a third one, or at rest. */
const LIMITS = { batchRecords: 40, mostParts: 3, settledAfterMs: 0 };

let server: TestDatabase;
let databases: Database[];

beforeAll(async () => {
  server = await cloneDatabase();
  databases = await Promise.all(
    Array.from({ length: PROCESSES }, () =>
      Database.connect(configOf({ DB_MAX_CONNECTIONS: '6' }), server.url),
    ),
  );
});

afterAll(async () => {
  for (const database of databases) await database.close();
  await server.drop();
});

/** What a process has, from its start until it is killed. */
function started(by: number, kept: number) {
  const pending = new PendingBlocks(EVENTS, kept);
  return { pending, ...eventCounting(databases[by], clock, { ...LIMITS, pending }) };
}

type Running = ReturnType<typeof started>;

const aProcess = fc.nat(PROCESSES - 1);
const aRecord = fc.record({
  first: fc.boolean(),
  timestamp: fc.oneof(
    fc.integer({ min: NOW - 2 * HOUR, max: NOW }),
    fc.integer({ min: NOW - 40 * DAY, max: NOW }),
    fc.integer({ min: -90, max: 0 }).map((minutes) => MINUTES_END + minutes * MINUTE - 1),
  ),
  createdAt: fc.integer({ min: NOW - 2 * DAY, max: NOW }),
  eventType: fc.constantFrom('behavioral' as const, 'error' as const),
  eventName: fc.constantFrom('tap', '__proto__', 'näme "\\ '),
  appVersion: fc.constantFrom(null, '1.0'),
  durationMs: fc.option(
    fc.oneof(fc.double({ min: 0.01, max: 1e5, noNaN: true }), fc.constantFrom(0, -5, 1e300)),
  ),
  userId: fc.option(fc.nat(20).map(String)),
  sessionId: fc.option(fc.nat(60).map(String)),
});

const aStep = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('append' as const),
      by: aProcess,
      records: fc.array(aRecord, { minLength: 1, maxLength: 30 }),
      /** Records of before that are sent once more. */
      repeated: fc.array(fc.nat(500), { maxLength: 5 }),
      /** Another process is sent the same at the same time. */
      isSentTwice: fc.boolean(),
    }),
  },
  // goes on beside the steps that follow
  { weight: 3, arbitrary: fc.record({ does: fc.constant('count' as const), by: aProcess }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('cut' as const),
      by: aProcess,
      call: fc.nat(20),
      how: fc.constantFrom('terminate' as const, 'throw' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('restart' as const),
      by: aProcess,
      kept: fc.constantFrom(0, 1, 1_000_000),
    }),
  },
);
type Step = typeof aStep extends fc.Arbitrary<infer T> ? T : never;

/** Windows that end with this minute, or within one. */
const aQuestion = fc
  .record(
    {
      type: fc.constantFrom(
        'logs' as const,
        'errors' as const,
        'latency' as const,
        'users' as const,
        'sessions' as const,
      ),
      interval: fc.constantFrom('1m' as const, '15m' as const, '1h' as const, '1d' as const),
      groupBy: fc.constantFrom('event_name' as const, 'app_version' as const),
      to: fc.constantFrom(MINUTES_END, NOW - HOUR),
    },
    { requiredKeys: ['type', 'interval', 'to'] },
  )
  .map(({ to, ...question }): StatsRequest => {
    const length = { '1m': 40 * MINUTE, '15m': 30 * HOUR, '1h': 9 * DAY, '1d': 41 * DAY }[question.interval];
    return { ...question, from: to - length, to, timezone: 'UTC' };
  });

/** What was sent to the processes and acknowledged, and what each of them must answer of it. */
class Model {
  readonly stored: NewEvent[] = [];
  private readonly counting: Promise<unknown>[] = [];
  private readonly processes: Running[] = databases.map((_, by) => started(by, 100_000));

  constructor(private readonly projectIds: readonly number[]) {}

  async take(step: Step): Promise<void> {
    if (step.does === 'append') await this.append(step);
    else if (step.does === 'count') this.counting.push(this.count(step.by));
    else if (step.does === 'cut') await this.cut(step);
    else this.processes[step.by] = started(step.by, step.kept);
  }

  async expectCounts(questions: readonly StatsRequest[]): Promise<void> {
    for (const [by, { stats, windows }] of this.processes.entries()) {
      const projectId = this.projectIds[(by + this.stored.length) % this.projectIds.length];
      const events = this.stored.filter((event) => event.projectId === projectId);
      const named = events.filter(({ eventName }) => eventName === '__proto__').length;
      expect(await windows.of(projectId, 'event_name', '__proto__')).toEqual({ n: named, isFolded: false });
      expect((await windows.totals(projectId, 'all')).get('') ?? 0).toBe(events.length);
      const question = questions[(by + this.stored.length) % questions.length];
      expectAnswer(await stats.stats(projectId, question), events, question);
    }
  }

  /** All of it, until nothing is left. */
  async countAll(): Promise<void> {
    await Promise.all(this.counting);
    // a connection that was ended holds its lock for a moment still
    await until(async () => {
      await this.count(0);
      return (await this.processes[0].counted.backlog()).length === 0;
    });
    // each merges the parts that it has added
    for (const by of this.processes.keys()) await this.count(by);
  }

  private count(by: number): Promise<unknown> {
    return this.processes[by].counter.count({ now: NOW, maxNames: 100 }).catch(expectCut);
  }

  private async append({ by, records, repeated, isSentTwice }: Step & { does: 'append' }): Promise<void> {
    const fresh = records.map(({ first, ...event }) =>
      newEvent({
        ...event,
        projectId: this.projectIds[first ? 0 : 1],
        createdAt: Math.max(event.createdAt, event.timestamp - DAY),
      }),
    );
    const again = repeated.flatMap((n) => this.stored[n] ?? []);
    const sent = [...fresh, ...again, ...fresh.slice(0, 2)];
    const to = [by, ...(isSentTwice ? [(by + 1) % PROCESSES] : [])];
    const receipts = await Promise.all(to.map((one) => this.processes[one].store.append(sent)));
    const stored = receipts.flatMap((some) => some.filter(({ outcome }) => outcome === 'stored'));
    expect(stored).toHaveLength(fresh.length);
    this.stored.push(...fresh);
  }

  private async cut({ by, call, how }: Step & { does: 'cut' }): Promise<void> {
    const { counted, pending } = this.processes[by];
    const fails = () => Promise.reject(new Error('cut'));
    const store = cutShort(counted, call, how === 'throw' ? fails : terminateCounting);
    // one that is over before this call of it is not cut
    const ends = new Counter(store, pending, LIMITS).count({ now: NOW, maxNames: 100 });
    await ends.catch(expectCut);
  }
}

function expectCut(error: unknown): void {
  if (!(error instanceof Error && error.message === 'cut'))
    expect(error).toMatchObject({ code: 'storage_unavailable' });
}

/** Ends the connection of whoever is at counting. */
async function terminateCounting(): Promise<void> {
  await databases[0].query.query(
    `select pg_terminate_backend(pid) from pg_locks join pg_database d on d.oid = database
     where locktype = 'advisory' and granted and classid = 8317 and objid = 1 and datname = current_database()`,
  );
}

async function newProject(name: string): Promise<number> {
  const { rows } = await databases[0].query.query<{ id: number }>(
    'insert into projects (name) values ($1) returning id',
    [name],
  );
  return rows[0].id;
}

it('counts equal a scan at every read in every process, whatever is appended, counted and killed', async () => {
  let run = 0;
  const someSteps = fc.array(aStep, { minLength: 4, maxLength: 14 });
  const someQuestions = fc.array(aQuestion, { minLength: 5, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(someSteps, someQuestions, async (steps, questions) => {
      run++;
      const model = new Model([await newProject(`a${run}`), await newProject(`b${run}`)]);
      for (const step of steps) {
        await model.take(step);
        await model.expectCounts(questions);
      }
      await model.countAll();
      await model.expectCounts(questions);
    }),
    { numRuns: runs(40) },
  );
});

it('users are united, many or few at a time, and each bucket has one part in the end', async () => {
  const projectId = await newProject('parts');
  const { store, counter, windows } = eventCounting(databases[0], clock, {
    mostParts: 4,
    settledAfterMs: 0,
  });
  const parts = async () => {
    const { rows } = await databases[0].query.query<{ rows: number; sketches: number }>(
      `select (select max(part) + 1 from event_rollups where project_id = $1) as rows,
         (select max(part) + 1 from event_uniques where project_id = $1) as sketches`,
      [projectId],
    );
    return rows[0];
  };
  const hour = Math.floor(NOW / HOUR) * HOUR - 5 * HOUR;
  const window = { from: hour, to: hour + HOUR, starts: [hour, hour + HOUR / 2] };
  let users = 0;
  for (const [more, expected] of [
    [1_000, { rows: 1, sketches: 1 }],
    [20, { rows: 2, sketches: 2 }],
    [20, { rows: 3, sketches: 3 }],
    [20, { rows: 1, sketches: 1 }],
    [20, { rows: 2, sketches: 2 }],
    // so many at once are written into what is there
    [600, { rows: 3, sketches: 1 }],
    [20, { rows: 1, sketches: 2 }],
    [20, { rows: 2, sketches: 3 }],
  ] as const) {
    const known = { projectId, timestamp: hour, createdAt: NOW };
    const ids = Array.from({ length: more }, (_, n) => `u${users + n}`);
    await store.append(['u0', ...ids].map((userId) => newEvent({ ...known, userId })));
    users += more;
    await counter.count({ now: NOW, maxNames: 100 });
    expect(await parts()).toEqual(expected);
    const found = await windows.uniques({ projectId, window, kind: 'user', firstMinute: NOW });
    expect(found).toEqual({ total: users, series: [users, 0] });
  }
  // as retention does
  await databases[0].query.query('delete from event_uniques where project_id = $1 and tier = 60', [
    projectId,
  ]);
  await counter.count({ now: NOW, maxNames: 100 });
  expect(await parts()).toEqual({ rows: 1, sketches: 1 });
  // what cannot be merged is merged the next time
  await store.append([newEvent({ projectId, timestamp: hour, createdAt: NOW, userId: 'u0' })]);
  await counter.count({ now: NOW, maxNames: 100 });
  expect(await parts()).toEqual({ rows: 2, sketches: 2 });
  await databases[0].query.query('alter table event_uniques rename to elsewhere');
  await expect(counter.count({ now: NOW, maxNames: 100 })).rejects.toThrow('does not exist');
  await databases[0].query.query('alter table elsewhere rename to event_uniques');
  await counter.count({ now: NOW, maxNames: 100 });
  expect(await parts()).toEqual({ rows: 1, sketches: 1 });
  const left = { projectId, window, dimension: 'all', firstMinute: NOW };
  expect((await windows.whole(left)).of('').n).toBe(users + 9);
});

it('a sketch is read again when it was written again, and not before', async () => {
  const projectId = await newProject('sketches');
  const { store, counter } = eventCounting(databases[0], clock, { mostParts: 2, settledAfterMs: 0 });
  let read: number[] = [];
  const query = async (asked: pg.QueryConfig) => {
    const found = await databases[1].query.query<{ base64: string | null }>(asked);
    read.push(found.rows.filter(({ base64 }) => base64 !== null).length);
    return found;
  };
  const counted = new PostgresCountStore({ query: { query } as pg.Pool }, EVENTS, EVENT_ROWS);
  const hour = Math.floor(NOW / HOUR) * HOUR - 5 * HOUR;
  const add = async (from: number, n: number, at: number) => {
    const known = { projectId, timestamp: at, createdAt: NOW };
    await store.append(
      Array.from({ length: n }, (_, i) => newEvent({ ...known, userId: `u${from + i}`, sessionId: 's' })),
    );
    await counter.count({ now: NOW, maxNames: 100 });
  };
  const seen = async (from: number, to: number) => {
    read = [];
    const { found } = await counted.sketches(projectId, 'user', [{ tier: 60, from, to }]);
    return [found.map(({ estimate }) => estimate), ...read];
  };
  await add(0, 600, hour);
  await add(0, 700, hour + HOUR);
  await add(0, 5, hour + 2 * HOUR);
  expect(await seen(hour, hour + 3 * HOUR)).toEqual([[600, 700, 5], 3]);
  // few are read each time, as fast as they are found
  expect(await seen(hour, hour + 3 * HOUR)).toEqual([[600, 700, 5], 1]);
  await add(600, 600, hour);
  expect(await seen(hour, hour + 3 * HOUR)).toEqual([[1_200, 700, 5], 2]);
  expect(await seen(hour + HOUR, hour + 2 * HOUR)).toEqual([[700], 0]);
  await databases[0].query.query(
    `delete from event_uniques where project_id = $1 and bucket < to_timestamp($2)`,
    [projectId, (hour + HOUR) / 1e6],
  );
  expect(await seen(hour, hour + 3 * HOUR)).toEqual([[700, 5], 1]);
  expect(
    (await counted.sketches(projectId, 'session', [{ tier: 60, from: hour, to: NOW }])).found,
  ).toHaveLength(2);
});

it('a counter that hangs tells how long nothing has been counted', async () => {
  const { store, counter } = started(0, 100);
  await store.append([newEvent({ projectId: await newProject('hangs'), timestamp: NOW, createdAt: NOW })]);
  const other = new pg.Client(server.url);
  await other.connect();
  await other.query('begin; lock table event_rollups in access exclusive mode');
  const counts = counter.count({ now: NOW, maxNames: 100 });
  try {
    await until(() => counter.backlog().records === 1);
    const before = counter.backlog();
    await until(() => {
      const { ageMs, idleMs } = counter.backlog();
      return ageMs > before.ageMs + 50 && idleMs > before.idleMs + 50;
    });
  } finally {
    await other.end();
  }
  await counts;
  await counter.count({ now: NOW, maxNames: 100 });
  expect(counter.backlog()).toMatchObject({ records: 0, ageMs: 0 });
});

it('a transaction takes as many records as there is memory for', async () => {
  const projectId = await newProject('much');
  const { store, counted, windows } = started(0, 1_000_000);
  for (let block = 0; block < 3; block++) {
    const known = { projectId, timestamp: NOW, createdAt: NOW };
    await store.append(Array.from({ length: 4_000 }, (_, n) => newEvent({ ...known, eventName: `n${n}` })));
  }
  let transactions = 0;
  const counting: CountStore = Object.assign(Object.create(counted) as CountStore, {
    count: (...given: Parameters<CountStore['count']>) => {
      transactions++;
      return counted.count(...given);
    },
  });
  const limits = { ...LIMITS, batchRecords: 100_000, batchBytes: 100_000 };
  const counter = new Counter(counting, new PendingBlocks(EVENTS, 0), limits);
  await counter.count({ now: NOW, maxNames: 100 });
  expect(transactions).toBe(3);
  expect(await counted.backlog()).toEqual([]);
  expect(await windows.totals(projectId, 'all')).toEqual(new Map([['', 12_000]]));
});
