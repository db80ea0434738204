import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCESS, EVENTS } from '../../src/core/counting/kind.js';
import { PendingBlocks } from '../../src/core/counting/pending-blocks.js';
import type { Actor } from '../../src/core/ports/audit.js';
import { Counter } from '../../src/storage/counting/counter.js';
import { PostgresAccessStore } from '../../src/storage/postgres/access/postgres-access-store.js';
import { PostgresAddressUpserts } from '../../src/storage/postgres/access/upsert-addresses.js';
import { PostgresEventStore } from '../../src/storage/postgres/append/postgres-event-store.js';
import { EVENT_ROWS } from '../../src/storage/postgres/counting/columns.js';
import { PostgresCountStore } from '../../src/storage/postgres/counting/postgres-count-store.js';
import { Database } from '../../src/storage/postgres/database.js';
import { ProjectReaders } from '../../src/storage/postgres/readers.js';
import { newAccessEntry } from '../support/access-stores.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { newEvent } from '../support/new-event.js';

const CLI: Actor = { kind: 'cli', key: null, user: 'ops', address: null };
const NOW = Date.now() * 1000;
const WINDOW = `now() - interval '1 day', now() + interval '1 hour'`;
/** In what the other projects have, and nowhere else. */
const SECRET = 'secret';

let server: TestDatabase;
let database: Database;
let readers: ProjectReaders;
/** Roles are the cluster's, which several suites share: the database's name makes them this one's. */
let shop: string;
let others: string;
let reader: pg.Client;

beforeAll(async () => {
  server = await cloneDatabase();
  database = await Database.connect(configOf(), server.url);
  readers = new ProjectReaders(database);
  const suffix = new URL(server.url).pathname.slice(1);
  [shop, others] = [`shop_${suffix}`, `others_${suffix}`];
  const { rows } = await database.query.query<{ id: number; name: string }>(
    `insert into projects (name) values ('shop'), ('${SECRET}-1'), ('${SECRET}-2') returning id, name`,
  );
  const events = new PostgresEventStore(database, new PendingBlocks(EVENTS, 0));
  const entries = new PostgresAccessStore(database, {
    keep: 'all',
    addresses: new PostgresAddressUpserts('exact'),
    pending: new PendingBlocks(ACCESS, 0),
  });
  const counted = [
    new PostgresCountStore(database, EVENTS, EVENT_ROWS),
    new PostgresCountStore(database, ACCESS, null),
  ];
  for (const [k, { id: projectId, name }] of rows.entries()) {
    const known = { projectId, timestamp: NOW, createdAt: NOW };
    for (const n of [0, 1, 2]) {
      const event = {
        ...known,
        eventId: `${name}-${n}`,
        eventName: name,
        userId: name,
        properties: `{"name":"${name}"}`,
      };
      await events.append([newEvent(event)]);
      await entries.append([newAccessEntry({ ...known, ip: `192.0.2.${k}`, path: `/${name}` })]);
    }
    // some of it in the rollups, the rest beside them
    if (k === 1)
      for (const store of counted)
        await new Counter(store, new PendingBlocks(store.kind, 0)).count({ now: NOW, maxNames: 10 });
  }
  const password = await readers.create(shop, ['shop'], CLI);
  reader = await logIn(shop, password);
});

afterAll(async () => {
  await reader.end();
  for (const { role } of await readers.list()) await readers.remove(role, CLI);
  await database.close();
  await server.drop();
});

async function logIn(role: string, password: string): Promise<pg.Client> {
  const url = new URL(server.url);
  [url.username, url.password] = [role, password];
  const client = new pg.Client(url.href);
  await client.connect();
  return client;
}

const rowsOf = async (sql: string, client = reader) =>
  (await client.query<Record<string, unknown>>(sql)).rows;

describe('a reader of one project', () => {
  const VIEWS = 'projects events access_entries analytics_logs access_logs event_totals access_totals'.split(
    ' ',
  );

  it.each(VIEWS)('sees of %s what is its own', async (view) => {
    const rows = await rowsOf(`select * from grafana.${view}`);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(SECRET);
    const all = (await database.query.query(`select * from grafana.${view}`)).rows;
    expect(JSON.stringify(all)).toContain(view === 'access_totals' ? '"n":"3"' : SECRET);
    expect(rows.length).toBeLessThan(all.length);
  });

  it.each([
    ['event_counts', 'all', 3],
    ['event_latency', 'all', 0],
    ['event_uniques', 'user', 1],
    ['access_counts', 'all', 3],
    ['access_latency', 'all', 3],
    ['access_uniques', 'ip', 1],
  ])('is answered by %s of its own project alone', async (name, what, n) => {
    const numbers = async (project: string) =>
      (await rowsOf(`select n from grafana.${name}('${project}', '${what}', ${WINDOW})`)).map((row) =>
        Number(row.n),
      );
    expect((await numbers('shop')).reduce((sum, one) => sum + one, 0)).toBe(n);
    for (const k of [1, 2]) expect((await numbers(`${SECRET}-${k}`)).filter((one) => one > 0)).toEqual([]);
    const id = await rowsOf(`select grafana.project_id('${SECRET}-1') as id`);
    expect(id).toEqual([{ id: null }]);
  });

  // Conditions that fail, and what the planner may ask first, tell of rows that were looked at.
  it.each([
    `select from grafana.events where user_id::int = 1`,
    `select from grafana.analytics_logs where (properties ->> 'name')::int = 1`,
    `select from grafana.access_entries where path::int = 1`,
    `select from grafana.event_totals where value::int = 1 and dimension = 'event_name'`,
    `select from grafana.projects where name::int = 1`,
  ])('learns nothing from the error of %s', async (sql) => {
    const failure = rowsOf(sql).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(await failure).not.toContain(SECRET);
  });

  it('reaches no row by another way', async () => {
    const [{ partition }] = (
      await database.query.query<{ partition: string }>(
        `select inhrelid::regclass::text as partition from pg_inherits where inhparent = 'events'::regclass limit 1`,
      )
    ).rows;
    for (const sql of [
      `select * from public.${partition}`,
      'select * from public.events',
      'select * from public.projects',
      'select * from public.project_readers',
      'select * from public.event_blocks',
      'select * from public.event_pending',
      'select * from public.access_pending',
      'select * from public.event_rollups',
      'set role sightline_reader',
      `set session authorization postgres`,
      `insert into grafana.events (id) values (1)`,
      `create function pg_temp.f() returns int language sql as 'select 1'`,
    ]) {
      await expect(rowsOf(sql)).rejects.toThrow(/permission denied|read-only transaction/);
    }
    // the columns that the views need: rows are held back there too
    expect(JSON.stringify(await rowsOf('select event_id, properties from public.events'))).not.toContain(
      SECRET,
    );
    await rowsOf(`set search_path = public`);
    expect(JSON.stringify(await rowsOf('select * from grafana.events'))).not.toContain(SECRET);
    await rowsOf('reset search_path');
  });

  it('finds the names that it knows without a schema, and no table of the server', async () => {
    expect(
      await rowsOf(
        'select count(*)::int as n from analytics_logs where "timestamp" > now() - interval \'1 day\'',
      ),
    ).toEqual([{ n: 3 }]);
    expect(await rowsOf('select ip, path, project from access_logs limit 1')).toEqual([
      { ip: '192.0.2.0', path: '/shop', project: 'shop' },
    ]);
  });
});

describe('readers', () => {
  it('may read several projects, and who is a member of several what all of them read', async () => {
    const password = await readers.create(others, [`${SECRET}-1`, `${SECRET}-2`], CLI);
    const client = await logIn(others, password);
    const names = async () =>
      (await rowsOf('select name from grafana.projects order by 1', client)).map(({ name }) => name);
    expect(await names()).toEqual([`${SECRET}-1`, `${SECRET}-2`]);
    await database.query.query(`grant ${shop} to ${others}`);
    expect(await names()).toEqual([`${SECRET}-1`, `${SECRET}-2`, 'shop']);
    await database.query.query(`revoke ${shop} from ${others}`);
    expect(await readers.list()).toEqual([
      { role: others, projects: [`${SECRET}-1`, `${SECRET}-2`], created_at: expect.any(String) },
      { role: shop, projects: ['shop'], created_at: expect.any(String) },
    ]);
    await client.end();
  });

  it('see nothing once their role is called otherwise, or another database knows them', async () => {
    await database.query.query(`alter role ${others} rename to ${others}_renamed`);
    const admin = new pg.Client(server.url);
    await admin.connect();
    await admin.query(`set session authorization ${others}_renamed`);
    expect(await rowsOf('select * from grafana.events', admin)).toEqual([]);
    expect(await rowsOf('select * from grafana.projects', admin)).toEqual([]);
    await admin.end();
    await database.query.query(`alter role ${others}_renamed rename to ${others}`);
  });

  it('are taken away with their rights, and recorded', async () => {
    await readers.remove(others, CLI);
    const { rows } = await database.query.query(`select from pg_roles where rolname = '${others}'`);
    expect(rows).toEqual([]);
    const audit = await database.query.query(
      `select action, project, actor_name from audit_log where target = '${others}' order by id`,
    );
    expect(audit.rows).toEqual(
      ['reader.create', 'reader.remove'].flatMap((action) =>
        [1, 2].map((k) => ({ action, project: `${SECRET}-${k}`, actor_name: 'ops' })),
      ),
    );
  });

  it.each([
    ['Shop', ['shop'], 'lower-case letters'],
    ['a"; drop table events; --', ['shop'], 'lower-case letters'],
    ['nobody_reads', ['nowhere'], 'there is no project nowhere'],
    ['sightline_reader', ['shop'], 'has a role sightline_reader already'],
  ])('are refused: %s of %j', async (role, projects, reason) => {
    await expect(readers.create(role, projects, CLI)).rejects.toThrow(reason);
  });

  it('that are not there cannot be taken away, whatever role that is', async () => {
    await expect(readers.remove('sightline_reader', CLI)).rejects.toThrow(
      'there is no reader sightline_reader',
    );
  });
});
