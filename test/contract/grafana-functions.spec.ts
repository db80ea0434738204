import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS, EVENTS } from '../../src/core/counting/kind.js';
import { PendingBlocks } from '../../src/core/counting/pending-blocks.js';
import type { NewAccessEntry } from '../../src/core/records/access-entry.js';
import { EVENT_TYPES, type NewEvent } from '../../src/core/records/event.js';
import type { Micros } from '../../src/core/time.js';
import { DAY, HOUR, MINUTE } from '../../src/core/time.js';
import { Counter } from '../../src/storage/counting/counter.js';
import { PostgresAccessStore } from '../../src/storage/postgres/access/postgres-access-store.js';
import { PostgresAddressUpserts } from '../../src/storage/postgres/access/upsert-addresses.js';
import { PostgresEventStore } from '../../src/storage/postgres/append/postgres-event-store.js';
import { EVENT_ROWS } from '../../src/storage/postgres/counting/columns.js';
import { PostgresCountStore } from '../../src/storage/postgres/counting/postgres-count-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { newAccessEntry } from '../support/access-stores.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { latencyOf } from '../support/near.js';
import { newEvent } from '../support/new-event.js';
import { runs } from '../support/property-runs.js';

// SQL asks the database's clock how far minutes reach
const NOW = Date.now() * 1000;
const STEPS = [1, 5, 15, 60, 360, 1440];

/** A record of either kind, as far as it is counted. */
interface Counted {
  timestamp: Micros;
  values: Record<string, string>;
  failed: boolean;
  ms: number | null;
  ids: Record<string, string | null>;
}

interface Question {
  from: Micros;
  length: Micros;
  intervalMs: number | null;
}

let server: TestDatabase;
let database: Database;
let events: PostgresEventStore;
let entries: PostgresAccessStore;
let counters: Record<'events' | 'entries', Counter>;
let projects = 0;

beforeAll(async () => {
  server = await cloneDatabase();
  database = await Database.connect(configOf(), server.url);
  const pending = { events: new PendingBlocks(EVENTS), entries: new PendingBlocks(ACCESS) };
  events = new PostgresEventStore(database, pending.events);
  entries = new PostgresAccessStore(database, {
    keep: 'errors',
    addresses: new PostgresAddressUpserts('exact'),
    pending: pending.entries,
  });
  counters = {
    events: new Counter(new PostgresCountStore(database, EVENTS, EVENT_ROWS), pending.events, {
      batchRecords: 40,
      mostParts: 3,
    }),
    entries: new Counter(new PostgresCountStore(database, ACCESS, null), pending.entries, {
      batchRecords: 40,
      mostParts: 3,
    }),
  };
});

afterAll(async () => {
  await database.close();
  await server.drop();
});

async function newProject(): Promise<{ id: number; name: string }> {
  const name = `p${++projects}`;
  const text = 'insert into projects (name) values ($1) returning id';
  const { rows } = await database.query.query<{ id: number }>(text, [name]);
  return { id: rows[0].id, name };
}

const timing = {
  timestamp: fc.oneof(
    fc.integer({ min: NOW - 2 * HOUR, max: NOW }),
    fc.integer({ min: NOW - 3 * DAY, max: NOW + HOUR }),
    fc.integer({ min: NOW - 30 * DAY, max: NOW }),
    fc
      .tuple(fc.integer({ min: -30 * 96, max: 1 }), fc.integer({ min: -1, max: 1 }))
      .map(([quarters, off]) => floorTo(NOW, 15 * MINUTE) + quarters * 15 * MINUTE + off),
  ),
  createdAt: fc.integer({ min: NOW - 3 * DAY, max: NOW }),
};
const aDuration = fc.option(
  fc.oneof(fc.double({ min: 0.01, max: 1e5, noNaN: true }), fc.constantFrom(0, 1e15)),
);

const anEvent = fc
  .record({
    ...timing,
    eventType: fc.constantFrom(...EVENT_TYPES),
    eventName: fc.constantFrom('tap', 'open', "it's"),
    priority: fc.constantFrom('normal' as const, 'high' as const),
    appVersion: fc.constantFrom(null, '1.0', '2.0'),
    providerName: fc.constantFrom(null, 'gps', 'cell'),
    durationMs: aDuration,
    userId: fc.option(fc.integer({ min: 0, max: 40 }).map(String)),
    sessionId: fc.option(fc.integer({ min: 0, max: 200 }).map(String)),
  })
  .map(plausible);

const anEntry = fc
  .record({
    ...timing,
    ip: fc.option(fc.integer({ min: 0, max: 60 }).map((n) => `192.0.2.${n}`)),
    method: fc.option(fc.constantFrom('GET', 'POST')),
    path: fc.option(fc.constantFrom('/', '/a', 'é'.repeat(1001))),
    status: fc.option(fc.constantFrom(200, 399, 400, 500)),
    latencyMs: aDuration,
    userAgent: fc.option(fc.constantFrom('', 'curl/8')),
  })
  .map(plausible);

// a timestamp is at most a day after receipt
function plausible<Timed extends { timestamp: Micros; createdAt: Micros }>(record: Timed): Timed {
  return { ...record, createdAt: Math.max(record.createdAt, record.timestamp - DAY) };
}

function countedEvent(event: NewEvent): Counted {
  const { timestamp, durationMs: ms, userId: user, sessionId: session } = event;
  const values = {
    all: '',
    event_type: event.eventType,
    event_name: event.eventName,
    priority: event.priority,
    app_version: event.appVersion ?? '',
    provider_name: event.providerName ?? '',
  };
  return { timestamp, values, failed: event.eventType === 'error', ms, ids: { user, session } };
}

function countedEntry(entry: NewAccessEntry): Counted {
  const { timestamp, latencyMs: ms, ip } = entry;
  const path = entry.path ?? '';
  const values = {
    all: '',
    status: String(entry.status ?? ''),
    method: entry.method ?? '',
    path: Buffer.byteLength(path) > 2000 ? '(other)' : path,
    user_agent: entry.userAgent ?? '',
    ip: ip ?? '',
  };
  return { timestamp, values, failed: (entry.status ?? 0) >= 400, ms, ids: { ip } };
}

const aQuestion: fc.Arbitrary<Question> = fc
  .record({
    end: fc.oneof(fc.constant(NOW), fc.integer({ min: NOW - 20 * DAY, max: NOW + HOUR })),
    length: fc.constantFrom(7 * MINUTE, 50 * MINUTE, HOUR, 7 * HOUR, DAY, 3 * DAY, 9 * DAY, 25 * DAY),
    intervalMs: fc.constantFrom(null, null, 30_000, 100_000, 600_000, 3_600_000, 20_000_000, 86_400_000),
  })
  .map(({ end, length, intervalMs }) => ({
    from: end - length,
    length,
    // a day by minutes is 1,440 points for each value
    intervalMs: intervalMs === null ? null : Math.max(intervalMs, length / 1000 / 200),
  }));

/** Where the points of the answer begin, and where the last one ends. */
function points({ from, length, intervalMs }: Question, narrowest: number): { starts: Micros[]; to: Micros } {
  const finest = Math.max(narrowest, from < NOW - 8 * DAY ? 15 : 1);
  const step = intervalMs && STEPS.find((minutes) => minutes >= finest && minutes * 60_000 >= intervalMs);
  const width = (intervalMs === null ? finest : (step ?? 1440)) * MINUTE;
  const [first, to] = [floorTo(from, width), -floorTo(-(from + length), width)];
  if (intervalMs === null) return { starts: [first], to };
  return { starts: Array.from({ length: (to - first) / width }, (_, n) => first + n * width), to };
}

function floorTo(time: Micros, width: Micros): Micros {
  return Math.floor(time / width) * width;
}

type Row = Record<string, unknown> & { time: Date; value: string };

async function ask(name: string, project: string, counted: string, question: Question): Promise<Row[]> {
  const { from, length, intervalMs } = question;
  const times = [from, from + length].map((micros) => new Date(micros / 1000).toISOString());
  const text = `select * from grafana.${name}($1, $2, $3, $4, $5)`;
  const values = [project, counted, ...times, intervalMs === null ? null : Math.ceil(intervalMs)];
  return (await database.query.query<Row>(text, values)).rows;
}

/** Every number of the windows of a dimension. */
async function expectCounts(
  name: string,
  project: string,
  records: Counted[],
  dimension: string,
  question: Question,
) {
  const narrowest = ['path', 'user_agent', 'ip'].includes(dimension) ? 60 : 1;
  const { starts, to } = points(question, narrowest);
  const counts = await ask(`${name}_counts`, project, dimension, question);
  const latency = ['all', 'path', 'event_name'].includes(dimension)
    ? await ask(`${name}_latency`, project, dimension, question)
    : null;
  expect(new Set(counts.map(({ time }) => time.getTime() * 1000))).toEqual(
    counts.length === 0 ? new Set() : new Set(starts),
  );
  starts.forEach((start, k) => {
    const within = records.filter(({ timestamp }) => timestamp >= start && timestamp < (starts[k + 1] ?? to));
    const here = counts.filter(({ time }) => time.getTime() * 1000 === start);
    const truth = new Map(here.map(({ value }) => [value, { n: 0, errors: 0 }]));
    for (const { values, failed } of within) {
      const sum = truth.get(values[dimension]);
      expect(sum).toBeDefined();
      sum!.n++;
      if (failed) sum!.errors++;
    }
    expect(here.map(({ value, n, errors }) => ({ value, n: Number(n), errors: Number(errors) }))).toEqual(
      here.map(({ value }) => ({ value, ...truth.get(value) })),
    );
    for (const row of latency?.filter(({ time }) => time.getTime() * 1000 === start) ?? []) {
      const timed = within.flatMap(({ values, ms }) =>
        values[dimension] === row.value && ms !== null ? ms : [],
      );
      expect({
        count: Number(row.n),
        avg: row.avg_ms,
        p50: row.p50_ms,
        p95: row.p95_ms,
        p99: row.p99_ms,
        max: row.max_ms,
      }).toEqual(latencyOf(timed));
    }
  });
}

async function expectUniques(
  name: string,
  project: string,
  records: Counted[],
  kind: string,
  question: Question,
) {
  const { from, length, intervalMs } = question;
  const isRecent = from >= NOW - 2 * HOUR + MINUTE;
  const narrowest = isRecent ? 1 : 15;
  const short = name === 'event' && !isRecent && intervalMs === null && length <= HOUR;
  const { starts, to } = short
    ? { starts: [Math.floor(from / 1000) * 1000], to: Math.floor((from + length) / 1000) * 1000 }
    : points(question, narrowest);
  const found = await ask(`${name}_uniques`, project, kind, question);
  const truth = starts.map((start, k) => {
    const within = records.filter(({ timestamp }) => timestamp >= start && timestamp < (starts[k + 1] ?? to));
    return { at: start, n: new Set(within.flatMap(({ ids }) => ids[kind] ?? [])).size };
  });
  expect(found.map(({ time, n }) => ({ at: time.getTime() * 1000, n: Number(n) }))).toEqual(truth);
}

const someQuestions = fc.array(aQuestion, { minLength: 4, maxLength: 4 });
// The edge of what SQL and this file take for two hours ago moves on meanwhile.
const steady = ({ from }: Question) =>
  Math.abs(from - (NOW - 2 * HOUR)) > 5 * MINUTE && Math.abs(from - (NOW - 8 * DAY)) > 5 * MINUTE;

describe('what Grafana reads equals a scan of the rows', () => {
  it('of events, before and after they are counted', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anEvent, { minLength: 1, maxLength: 150 }),
        someQuestions,
        async (some, asked) => {
          const { id, name } = await newProject();
          const stored = some.map((event) => newEvent({ projectId: id, ...event }));
          const [third, half] = [3, 2].map((part) => Math.floor(some.length / part));
          await events.append(stored.slice(0, third));
          await events.append(stored.slice(third, half));
          await counters.events.count({ now: NOW, maxNames: 10_000 });
          // of some of them the database says that it has them
          await events.append(stored.slice(third));
          const records = stored.map(countedEvent);
          for (const question of asked.filter(steady)) {
            for (const dimension of Object.keys(records[0].values)) {
              await expectCounts('event', name, records, dimension, question);
            }
            for (const kind of ['user', 'session'])
              await expectUniques('event', name, records, kind, question);
          }
        },
      ),
      { numRuns: runs(12) },
    );
  });

  it('of access entries, though few of them are kept', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anEntry, { minLength: 1, maxLength: 150 }),
        someQuestions,
        async (some, asked) => {
          const { id, name } = await newProject();
          const stored = some.map((entry) => newAccessEntry({ projectId: id, ...entry }));
          await entries.append(stored.slice(0, some.length / 2));
          await counters.entries.count({ now: NOW, maxNames: 10_000 });
          await entries.append(stored.slice(some.length / 2));
          const records = stored.map(countedEntry);
          for (const question of asked.filter(steady)) {
            for (const dimension of Object.keys(records[0].values)) {
              await expectCounts('access', name, records, dimension, question);
            }
            await expectUniques('access', name, records, 'ip', question);
          }
        },
      ),
      { numRuns: runs(12) },
    );
  });
});
