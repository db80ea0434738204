import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { postgresMigrations } from '../../migrations/postgres/index.js';
import { WRITTEN_TABLES } from '../../src/storage/postgres/postgres-store-health.js';
import { anEvent, apiOf } from '../support/api.js';
import { sightline } from '../support/command.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let database: TestDatabase;
let server: TestServer | undefined;

beforeEach(async () => {
  database = await cloneDatabase();
});

afterEach(async () => {
  await server?.kill9();
  server = undefined;
  await database.drop();
});

const migrate = (...args: string[]) => sightline(['migrate', ...args], { DATABASE_URL: database.url }).done;

const newest = new (postgresMigrations.at(-1)!)().name;

it('is refused beside a running server, and takes nothing from it', async () => {
  server = await startServer({ env: { DATABASE_URL: database.url } });
  const { code, stdout, stderr } = await migrate('down', '--yes');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /^sightline: \d+ sessions of servers or other commands are connected to this database: stop them/,
  );
  expect((await apiOf(server).post('/api/v1/ingest', anEvent())).status).toBe(201);
});

it('names what would go, and wants --yes where nobody can be asked', async () => {
  server = await startServer({ env: { DATABASE_URL: database.url } });
  await server.stop();
  const asked = await migrate('down');
  expect([asked.code, asked.stdout]).toEqual([2, '']);
  expect(asked.stderr).toContain(`reverts ${newest} and deletes no data`);
  expect((await migrate('status')).stdout).not.toContain('pending');
  expect(await migrate('down', '--yes')).toEqual({ code: 0, stdout: `reverted ${newest}\n`, stderr: '' });
  expect((await migrate('status')).stdout).toContain(`pending  ${newest}\n`);
  // Those that came before it until the one that the start of the server has filled.
  let told: string;
  while (!(told = (await migrate('down')).stderr).includes('reverts Accounts')) {
    expect((await migrate('down', '--yes')).code).toBe(0);
  }
  expect(told).toMatch(/: 1 row of audit_log; 1 row of key_changes\n$/);
});

it('knows its stores by their names, MariaDB by both', async () => {
  for (const store of ['mysql', 'mariadb'])
    expect(await migrate('status', '--store', store)).toMatchObject({
      code: 1,
      stderr: 'sightline: --store mysql needs MYSQL_URL\n',
    });
  expect((await migrate('status', '--store', 'postgres')).code).toBe(0);
  const { code, stderr } = await migrate('status', '--store', 'oracle');
  expect([code, stderr]).toEqual([2, expect.stringMatching(/'oracle' is invalid.*postgres or mysql/)]);
});

it('a server whose tables are gone is not ready, whichever they are', async () => {
  server = await startServer({ env: { DATABASE_URL: database.url } });
  const api = apiOf(server);
  const client = new pg.Client(database.url);
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`,
  );
  // Commands alone write to these.
  const others = ['migrations', 'project_readers'];
  expect(rows.map(({ name }) => name).sort()).toEqual([...WRITTEN_TABLES, ...others].sort());
  await client.query('alter table key_changes rename to key_changes_gone');
  await until(async () => (await api.get('/readiness')).status === 503);
  expect((await api.get('/health')).body).toMatchObject({ status: 'unhealthy' });
  await client.query('alter table key_changes_gone rename to key_changes');
  await until(async () => (await api.get('/readiness')).status === 200);
  await client.end();
});
