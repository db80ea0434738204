import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/core/ports/clock.js';
import type { EventFilter } from '../../src/core/ports/event-reader.js';
import type { EventTail, TailHead } from '../../src/core/ports/event-tail.js';
import { DAY_MS } from '../../src/core/time.js';
import { TailPosition, type TailPlace } from '../../src/live/tail-position.js';
import { PostgresEventTail } from '../../src/storage/postgres/events/postgres-event-tail.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { endPool } from '../support/end-pool.js';
import { createPartitions, insertRows } from '../support/event-rows.js';
import { until } from '../support/until.js';

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

let database: TestDatabase;
let pool: pg.Pool;
let tail: EventTail;

beforeAll(async () => {
  database = await cloneDatabase();
  pool = new pg.Pool({
    connectionString: database.url,
    max: 12,
    options: '-c TimeZone=UTC -c DateStyle=ISO',
  });
  await createPartitions(pool, daysAgo(12).slice(0, 10), 14);
  await pool.query(`insert into projects (name) values ('other')`);
  tail = new PostgresEventTail({ query: pool }, new SystemClock());
});

afterAll(async () => {
  await endPool(pool);
  await database.drop();
});

const everything: EventFilter = { properties: [], timeField: 'created_at' };
let made = 0;
const named = (name: string, count: number) =>
  Array.from({ length: count }, () => ({
    event_id: `${name}-${++made}`,
    event_name: name,
    created_at: daysAgo(0),
  }));

/** Work in a transaction that stays open until it is told how to end. */
async function openTransaction(work: (client: pg.PoolClient) => Promise<unknown>) {
  const client = await pool.connect();
  await client.query('begin');
  await work(client);
  const end = (how: 'commit' | 'rollback') => client.query(how).then(() => client.release());
  return { client, commit: () => end('commit'), rollback: () => end('rollback') };
}

/** A client of one project that reads as the server's tails do. */
class Follower {
  readonly given: { name: string; eventId: string; place: TailPlace }[] = [];
  private readonly position: TailPosition;

  constructor(
    after: TailPlace,
    private readonly limit = 100,
    private readonly filter = everything,
    private readonly maxBytes = Infinity,
  ) {
    this.position = new TailPosition(after);
  }

  async follow(): Promise<TailHead> {
    const head = await tail.head();
    this.position.meet(head);
    while (this.position.isBehind(head)) {
      const range = this.position.rangeUnder(head);
      const { events, isWhole } = await tail.tail(1, this.filter, range, this.limit, this.maxBytes);
      for (const { id, event_id, event_name, created_at } of events) {
        const place = this.position.give(id, Date.parse(created_at), head);
        this.given.push({ eventId: event_id, name: event_name, place });
      }
      if (isWhole) this.position.finish(range, head);
    }
    return head;
  }

  get ids(): string[] {
    return this.given.map(({ eventId }) => eventId);
  }
}

async function now(): Promise<TailPlace> {
  const { watermark, atMs } = await tail.head();
  return { id: watermark, atMs };
}

describe('the head', () => {
  it('is 0 before the first event, and then its id', async () => {
    expect(await tail.head()).toMatchObject({ watermark: 0, readLimit: 0 });
    await insertRows(pool, named('first', 1));
    expect(await tail.head()).toMatchObject({ watermark: 1, readLimit: 1 });
  });

  it('waits for nobody who stores no events', async () => {
    const report = await openTransaction((client) =>
      client.query('select pg_current_xact_id(), count(*) from events'),
    );
    await insertRows(pool, named('seen', 3));
    const { watermark, readLimit } = await tail.head();
    expect(watermark).toBe(readLimit);
    await report.commit();
  });

  it('does not pass an id whose writer has no transaction id yet', async () => {
    const place = await now();
    // What an append does: its locks, then ids, and only with the first row a transaction id.
    const slow = await openTransaction((client) =>
      client.query('lock table event_keys in row exclusive mode'),
    );
    const { rows } = await slow.client.query<{ id: string }>(`select nextval('event_ids') as id`);
    const held = Number(rows[0].id);
    await insertRows(pool, named('quick', 2));
    for (let looks = 0; looks < 3; looks++) {
      const { watermark, readLimit } = await tail.head();
      expect(watermark).toBeLessThan(held);
      expect(readLimit).toBe(held + 2);
    }
    await slow.rollback();
    expect(await tail.head()).toMatchObject({ watermark: held + 2, readLimit: held + 2 });
    expect(place.id).toBeLessThan(held);
  });
});

describe('a tail', () => {
  it('gives what is stored above an open writer, then what that one stored, each once', async () => {
    const follower = new Follower(await now());
    const [slow, quick, later] = [named('slow', 2), named('quick', 3), named('later', 1)];
    const open = await openTransaction((client) => insertRows(client, slow));
    await insertRows(pool, quick);
    await follower.follow();
    expect(follower.ids).toEqual(quick.map(({ event_id }) => event_id));
    await follower.follow();
    await insertRows(pool, later);
    await open.commit();
    await follower.follow();
    await follower.follow();
    expect(follower.ids.toSorted()).toEqual(
      [...slow, ...quick, ...later].map((row) => row.event_id).toSorted(),
    );
    // Whoever resumes from what was given meanwhile gets what was still open.
    const resumed = new Follower(follower.given[0].place);
    await resumed.follow();
    expect(resumed.ids).toEqual(expect.arrayContaining(slow.map(({ event_id }) => event_id)));
  });

  it('passes what was rolled back', async () => {
    const follower = new Follower(await now());
    const open = await openTransaction((client) => insertRows(client, named('undone', 2)));
    await insertRows(pool, named('stays', 1));
    await open.rollback();
    const head = await follower.follow();
    expect(head.watermark).toBe(head.readLimit);
    expect(follower.given.map(({ name }) => name)).toEqual(['stays']);
  });

  it('keeps to its project and filter, in the order of ids, page by page', async () => {
    const place = await now();
    const mine = named('wanted', 7);
    await insertRows(pool, [
      ...named('unwanted', 2),
      ...mine,
      ...named('wanted', 1).map((row) => ({ ...row, project_id: 2 })),
    ]);
    for (const limit of [1, 3, 7, 100]) {
      const follower = new Follower(place, limit, { ...everything, eventName: 'wanted' });
      await follower.follow();
      expect(follower.ids.toSorted()).toEqual(mine.map(({ event_id }) => event_id).toSorted());
      const places = follower.given.map((one) => one.place.id);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
  });

  it('gives one event at least, and goes on after those that were too much at once', async () => {
    const place = await now();
    const large = named('large', 9).map((row) => ({ ...row, properties: `{"text":"${'x'.repeat(1_000)}"}` }));
    await insertRows(pool, large);
    const range = { after: place.id, upTo: place.id + 9, except: [], sinceMs: place.atMs };
    for (const [maxBytes, given] of [
      [1, 1],
      [1_000, 1],
      [2_500, 3],
    ]) {
      const page = await tail.tail(1, everything, range, 9, maxBytes);
      expect([page.events.length, page.isWhole]).toEqual([given, false]);
      for (const { properties, device_info } of page.events) {
        expect([properties, device_info]).toEqual([expect.stringMatching(/^\{"text":"x+"\}$/), '{}']);
      }
      const follower = new Follower(place, 4, everything, maxBytes);
      await follower.follow();
      expect(follower.ids.toSorted()).toEqual(large.map(({ event_id }) => event_id).toSorted());
    }
  });

  it('finds what was stored a week after its receipt, and only looks into the days where that can be', async () => {
    const place = await now();
    const late = named('late', 1).map((row) => ({ ...row, created_at: daysAgo(7) }));
    await insertRows(pool, [
      ...late,
      ...named('too late', 1).map((row) => ({ ...row, created_at: daysAgo(10) })),
    ]);
    const follower = new Follower(place);
    await follower.follow();
    expect(follower.ids).toEqual([late[0].event_id]);
  });
});

describe('many writers at once, that commit in any order, late, or not at all', () => {
  it('lose no event to a follower, give none twice, and none is lost to one who resumes wherever it was', async () => {
    const place = await now();
    const stored: string[] = [];
    let writing = true;
    const writer = async (n: number): Promise<void> => {
      for (let turn = 0; turn < 25; turn++) {
        const rows = named(`writer-${n}`, 1 + ((n + turn) % 4));
        const open = await openTransaction((client) => insertRows(client, rows));
        await open.client.query('select pg_sleep($1)', [Math.random() * (turn % 12 === 11 ? 0.5 : 0.01)]);
        if (turn % 7 === 6) {
          await open.rollback();
          continue;
        }
        await open.commit();
        stored.push(...rows.map(({ event_id }) => event_id));
      }
    };
    const follower = new Follower(place, 5);
    const following = (async () => {
      while (writing) await follower.follow();
    })();
    await Promise.all(Array.from({ length: 8 }, (_, n) => writer(n)));
    writing = false;
    await following;
    await until(async () => {
      const head = await follower.follow();
      return head.watermark === head.readLimit;
    });
    expect(follower.ids.toSorted()).toEqual(stored.toSorted());
    for (let n = 0; n < follower.given.length; n += 37) {
      const resumed = new Follower(follower.given[n].place);
      await resumed.follow();
      const seen = new Set([...follower.ids.slice(0, n + 1), ...resumed.ids]);
      expect(stored.filter((id) => !seen.has(id))).toEqual([]);
    }
  });
});
