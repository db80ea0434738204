import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENTS } from '../../src/core/counting/kind.js';
import { PendingBlocks } from '../../src/core/counting/pending-blocks.js';
import { PositionMoved, type LogMove } from '../../src/core/ports/log-append.js';
import type { NewEvent, Receipt } from '../../src/core/records/event.js';
import { PostgresEventStore } from '../../src/storage/postgres/append/postgres-event-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { newEvent } from '../support/new-event.js';
import { runs } from '../support/property-runs.js';
import { until } from '../support/until.js';

let testDatabase: TestDatabase;
let database: Database;
let store: PostgresEventStore;

beforeAll(async () => {
  Logger.overrideLogger(false);
  testDatabase = await cloneDatabase();
  database = await Database.connect(configOf({ WORKER_POOL_SIZE: '4' }), testDatabase.url);
  store = new PostgresEventStore(database, new PendingBlocks(EVENTS));
});

afterAll(async () => {
  await database?.close();
  await testDatabase?.drop();
});

async function count(table: string, where = 'true', values: unknown[] = []): Promise<number> {
  const { rows } = await database.query.query<{ n: number }>(
    `select count(*)::int as n from ${table} where ${where}`,
    values,
  );
  return rows[0].n;
}

/** How many events are in blocks, to be counted. */
async function toBeCounted(): Promise<number> {
  const { rows } = await database.query.query<{ n: number }>('select sum(size)::int as n from event_blocks');
  return rows[0].n;
}

describe('append', () => {
  it('answers nothing for nothing', async () => {
    await expect(store.append([])).resolves.toEqual([]);
  });

  it('writes row and key of each new event, which is to be counted, and tells duplicates with the id of the stored one', async () => {
    const [a, b, c] = [newEvent(), newEvent(), newEvent()];
    const first = await store.append([a, b, a]);
    expect(first).toEqual([
      { outcome: 'stored', id: expect.any(Number) },
      { outcome: 'stored', id: expect.any(Number) },
      { outcome: 'duplicate', id: (first[0] as { id: number }).id },
    ]);
    const second = await store.append([c, b]);
    expect(second).toEqual([
      { outcome: 'stored', id: expect.any(Number) },
      { outcome: 'duplicate', id: (first[1] as { id: number }).id },
    ]);
    const ids = [a, b, c].map((event) => event.eventId);
    expect(await count('events', 'event_id = any($1)', [ids])).toBe(3);
    expect(await count('event_keys')).toBe(await count('events'));
    expect(await toBeCounted()).toBe(await count('events'));
  });

  it('keeps projects apart', async () => {
    await database.query.query(`insert into projects (name) values ('second') on conflict do nothing`);
    const mine = newEvent({ eventId: 'shared' });
    const theirs = newEvent({ eventId: 'shared', projectId: 2 });
    expect(await store.append([mine, theirs])).toMatchObject([{ outcome: 'stored' }, { outcome: 'stored' }]);
  });

  it('makes a missing partition on the way', async () => {
    const createdAt = Date.parse('2025-03-04T23:59:59.999Z') * 1000;
    const receipts = await store.append([newEvent({ createdAt }), newEvent({ createdAt: createdAt + 1000 })]);
    expect(receipts).toMatchObject([{ outcome: 'stored' }, { outcome: 'stored' }]);
    expect(await count('events_20250304')).toBe(1);
    expect(await count('events_20250305')).toBe(1);
  });

  it('stores each of the same events once when many append them at once, in any order', async () => {
    const events = Array.from({ length: 200 }, () => newEvent({ sessionId: 'at once' }));
    const shuffled = (seed: number) =>
      [...events].sort(
        (a, b) => ((a.createdAt * seed) % 7) - ((b.createdAt * seed) % 7) || (seed % 2 ? 1 : -1),
      );
    const receipts = await Promise.all(Array.from({ length: 8 }, (_, i) => store.append(shuffled(i))));
    const stored = receipts.flat().filter(({ outcome }) => outcome === 'stored');
    expect(stored).toHaveLength(200);
    expect(await count('events', `session_id = 'at once'`)).toBe(200);
  });

  it('splits off what the database refuses, and stores its neighbours', async () => {
    await database.query.query(`alter table events add constraint no_bad check (event_name <> 'bad')`);
    const events = Array.from({ length: 50 }, (_, i) =>
      newEvent({ eventName: i % 17 === 3 ? 'bad' : 'good' }),
    );
    const receipts = await store.append(events);
    receipts.forEach((receipt, i) => {
      expect(receipt.outcome).toBe(events[i].eventName === 'bad' ? 'rejected' : 'stored');
    });
    expect(receipts[3]).toEqual({
      outcome: 'rejected',
      message: 'The database refused this event',
      cause: expect.stringContaining('no_bad') as unknown,
    });
    // A refused event leaves no key behind: sent again after the cause is gone, it is stored.
    await database.query.query('alter table events drop constraint no_bad');
    expect(await store.append([events[3]])).toMatchObject([{ outcome: 'stored' }]);
  });

  it('leaves nothing behind when it fails', async () => {
    await database.query.query('alter table event_blocks rename to event_blocks_away');
    const event = newEvent();
    await expect(store.append([event])).rejects.toMatchObject({ code: '42P01' });
    await database.query.query('alter table event_blocks_away rename to event_blocks');
    expect(await store.append([event])).toMatchObject([{ outcome: 'stored' }]);
  });

  it('says storage_unavailable when its connections are cut, and goes on afterwards', async () => {
    // whoever appends waits for this lock: what is cut is in the middle of it
    const holder = await database.query.connect();
    await holder.query('begin; lock table event_keys in access exclusive mode');
    const appends = Promise.allSettled(
      Array.from({ length: 6 }, () => store.append(Array.from({ length: 200 }, () => newEvent()))),
    );
    let cut = 0;
    await until(async () => {
      const { rowCount } = await holder.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'sightline ingest' and wait_event_type = 'Lock'`,
      );
      cut += rowCount ?? 0;
      return cut > 0;
    });
    await holder.query('commit');
    holder.release();
    const refused = (await appends).filter((outcome) => outcome.status === 'rejected');
    expect(refused).not.toEqual([]);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'storage_unavailable' });
    expect(await store.append([newEvent()])).toMatchObject([{ outcome: 'stored' }]);
  });

  it('gives back every value as it was, whatever it is', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 50 }).map((s) => s.replaceAll('\0', ''));
    const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
    const overrides = fc.record({
      eventName: text,
      userId: maybe(text),
      sessionId: maybe(text),
      appVersion: maybe(text),
      providerName: maybe(text),
      sequenceNumber: maybe(fc.integer({ min: -2147483648, max: 2147483647 })),
      durationMs: maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
      timestamp: fc.integer({ min: -8_000_000_000_000_000, max: 4102444800000000 }),
      reportedTimestamp: maybe(fc.integer({ min: 0, max: 4102444800000000 })),
      properties: fc.dictionary(text, text).map((value) => JSON.stringify(value)),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(overrides, { minLength: 1, maxLength: 20 }), async (batch) => {
        const events = batch.map((one) => newEvent(one));
        expect(await store.append(events)).toMatchObject(batch.map(() => ({ outcome: 'stored' })));
        for (const event of events) expect(await readBack(event)).toEqual(asRead(event));
      }),
      { numRuns: runs(25), endOnFailure: true },
    );
  });
});

async function readBack(event: NewEvent): Promise<unknown> {
  const { rows } = await database.query.query<Record<string, unknown>>(
    `select event_name, user_id, session_id, app_version, provider_name, sequence_number, duration_ms,
       (extract(epoch from "timestamp") * 1000000)::bigint as timestamp,
       (extract(epoch from reported_timestamp) * 1000000)::bigint as reported, properties
     from events where event_id = $1`,
    [event.eventId],
  );
  return rows[0];
}

function asRead(event: NewEvent): unknown {
  return {
    event_name: event.eventName,
    user_id: event.userId,
    session_id: event.sessionId,
    app_version: event.appVersion,
    provider_name: event.providerName,
    sequence_number: event.sequenceNumber,
    duration_ms: event.durationMs,
    timestamp: String(event.timestamp),
    reported: event.reportedTimestamp === null ? null : String(event.reportedTimestamp),
    properties: JSON.parse(event.properties) as unknown,
  };
}

describe('append from a log', () => {
  const topicId = randomUUID();
  const moves = (partition: number, from: number | null, to: number): LogMove[] => [
    { topicId, topic: 'events', partition, from, to },
  ];
  const nothing = () => Promise.resolve();
  const offsetOf = async (partition: number) =>
    (await store.positions([topicId])).find((position) => position.partition === partition)?.offset;

  it('moves the position with what it stores, and tells what became of it before the commit', async () => {
    const [a, b] = [newEvent(), newEvent()];
    const settled: Receipt[][] = [];
    const settle = async (receipts: readonly Receipt[]) => {
      settled.push([...receipts]);
      expect(await count('events', 'event_id = $1', [a.eventId])).toBe(0);
    };
    const receipts = await store.appendFrom({ records: [a, b, a], moves: moves(0, null, 2), settle });
    expect(receipts.map(({ outcome }) => outcome)).toEqual(['stored', 'stored', 'duplicate']);
    expect(settled).toEqual([receipts]);
    expect(await count('events', 'event_id = any($1)', [[a.eventId, b.eventId]])).toBe(2);
    expect(await store.positions([topicId])).toEqual([
      { topicId, topic: 'events', partition: 0, offset: 2, movedAtMs: expect.any(Number) },
    ]);
    await store.appendFrom({ records: [], moves: moves(0, 2, 5), settle: nothing });
    expect(await offsetOf(0)).toBe(5);
  });

  it('stores nothing where another one has moved the position, or where it cannot be settled', async () => {
    const before = await toBeCounted();
    const event = newEvent();
    await store.appendFrom({ records: [], moves: moves(1, null, 10), settle: nothing });
    for (const from of [null, 9, 11]) {
      const batch = { records: [event], moves: moves(1, from, 12), settle: nothing };
      await expect(store.appendFrom(batch)).rejects.toBeInstanceOf(PositionMoved);
    }
    const settle = () => Promise.reject(new Error('nowhere to bury it'));
    await expect(store.appendFrom({ records: [event], moves: moves(1, 10, 12), settle })).rejects.toThrow(
      'nowhere to bury it',
    );
    expect(await offsetOf(1)).toBe(10);
    expect([await count('events', 'event_id = $1', [event.eventId]), await toBeCounted()]).toEqual([
      0,
      before,
    ]);
  });

  it('lets one of many that read the same store it', async () => {
    const events = Array.from({ length: 20 }, () => newEvent());
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, () =>
        store.appendFrom({ records: events, moves: moves(2, null, 20), settle: nothing }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await count('events', 'event_id = any($1)', [events.map(({ eventId }) => eventId)])).toBe(20);
  });

  it('makes a missing partition, and stores the neighbours of what the database refuses', async () => {
    const createdAt = Date.parse('2025-05-06T12:00:00Z') * 1000;
    const refused = newEvent({ createdAt, userId: 'x'.repeat(300) });
    await database.query.query('alter table events add constraint no_long check (length(user_id) < 256)');
    const receipts = await store
      .appendFrom({ records: [newEvent({ createdAt }), refused], moves: moves(3, null, 2), settle: nothing })
      .finally(() => database.query.query('alter table events drop constraint no_long'));
    expect(receipts.map(({ outcome }) => outcome)).toEqual(['stored', 'rejected']);
    expect(await offsetOf(3)).toBe(2);
  });
});
