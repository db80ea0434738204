import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Database } from '../../src/storage/postgres/database.js';
import { PostgresStoreHealth } from '../../src/storage/postgres/postgres-store-health.js';
import { configOf } from '../support/config.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/until.js';

// What a session is set to it was given at its start.
const END_SESSIONS = `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = 'sightline operations' and datname = current_database()`;

let test: TestDatabase;
let database: Database;
let health: PostgresStoreHealth;
let operator: pg.Client;

beforeEach(async () => {
  test = await cloneDatabase();
  database = await Database.connect(configOf({ DB_MAX_CONNECTIONS: '3' }), test.url);
  health = new PostgresStoreHealth(database);
  operator = new pg.Client(test.url);
  await operator.connect();
});

afterEach(async () => {
  await operator.end();
  await database.close();
  await test.drop();
});

it('is up while every connection of queries and ingest is taken, and tables are locked', async () => {
  const taken = [await database.query.connect(), await database.ingest.connect()];
  await operator.query('begin; lock table events, event_keys in access exclusive mode');
  expect(await health.isUp()).toBe(true);
  await operator.query('commit');
  for (const client of taken) client.release();
  expect(await health.sizeBytes()).toBeGreaterThan(1_000_000);
});

it.each([
  [
    'takes no writes',
    (name: string) => `alter database ${name} set default_transaction_read_only = on`,
    (name: string) => `alter database ${name} reset default_transaction_read_only`,
  ],
  [
    'has lost a table that appends write to',
    () => 'alter table event_keys rename to event_keys_gone',
    () => 'alter table event_keys_gone rename to event_keys',
  ],
])('a server that %s is not up, and is again afterwards', async (_, breakIt, mendIt) => {
  const name = new URL(test.url).pathname.slice(1);
  expect(await health.isUp()).toBe(true);
  await operator.query(breakIt(name));
  await operator.query(END_SESSIONS);
  await until(async () => !(await health.isUp()));
  await operator.query(mendIt(name));
  await operator.query(END_SESSIONS);
  await until(() => health.isUp());
});
