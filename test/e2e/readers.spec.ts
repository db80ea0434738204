import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anEvent, apiOf } from '../support/api.js';
import { sightline } from '../support/command.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
});

const run = (args: string[], env: Record<string, string> = {}) =>
  sightline(['readers', ...args], { DATABASE_URL: server.databaseUrl, ...env }).done;

it('a role for a project is made, listed and taken away by command', async () => {
  const role = `reader_${new URL(server.databaseUrl).pathname.slice(1)}`;
  await apiOf(server).post('/api/v1/ingest', anEvent());
  const made = await run(['create', role, '--project', 'default']);
  expect([made.code, made.stderr]).toEqual([0, '']);
  const url = new URL(server.databaseUrl);
  [url.username, url.password] = [role, /password \(shown only once\): (\S+)/.exec(made.stdout)![1]];
  const client = new pg.Client(url.href);
  await client.connect();
  const { rows } = await client.query('select project, event_name from analytics_logs');
  expect(rows).toEqual([{ project: 'default', event_name: anEvent().event_name }]);
  await client.end();
  expect((await run(['list'])).stdout).toMatch(new RegExp(`^${role} +default +20`, 'm'));
  expect(await run(['create', role, '--project', 'default'])).toMatchObject({
    code: 1,
    stderr: `sightline: the database has a role ${role} already: choose another name\n`,
  });
  expect(await run(['remove', role])).toMatchObject({ code: 0, stdout: `removed ${role}\n` });
  expect((await run(['list', '--json'])).stdout).toBe('[]\n');
});

it('says that access entries in MariaDB are not in it', async () => {
  const role = `events_${new URL(server.databaseUrl).pathname.slice(1)}`;
  const mysql = { ACCESS_STORE: 'mysql', MYSQL_URL: 'mysql://nobody@127.0.0.1:1/x' };
  const { code, stderr } = await run(['create', role, '--project', 'default'], mysql);
  expect([code, stderr]).toEqual([0, expect.stringContaining('can read events only')]);
  expect((await run(['remove', role])).code).toBe(0);
});
