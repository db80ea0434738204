import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { DeadLetterView } from '../../src/dead-letters/dead-letter.dto.js';
import { accessDatabaseOf, type AccessDatabase } from '../support/access-database.js';
import { apiOf, type Api } from '../support/api.js';
import { sightline } from '../support/command.js';
import { mysqlUrlBeside } from '../support/mysql-database.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let api: Api;
let accounts: pg.Client;
let entries: AccessDatabase;

beforeAll(async () => {
  server = await startServer();
  api = apiOf(server);
  accounts = new pg.Client(server.databaseUrl);
  await accounts.connect();
  entries = await accessDatabaseOf(server);
});

afterAll(async () => {
  await accounts.end();
  await entries.close();
  await server.stop();
});

beforeEach(async () => {
  await accounts.query('truncate dead_letters');
  await entries.run(`delete from access_logs where path like '/poison%'`);
  await entries.run(`alter table access_logs add constraint no_poison check (path not like '/poison%')`);
});

afterEach(() => entries.run('alter table access_logs drop constraint if exists no_poison'));

const ROUTE = '/api/v1/dead-letters';
const repair = () => entries.run('alter table access_logs drop constraint no_poison');
const list = async (): Promise<DeadLetterView[]> => (await api.get(ROUTE)).body.data as DeadLetterView[];
const stored = async (path: string) =>
  (await entries.rows('select ip from access_logs where path = ?', path)).length;
const uniqueIps = async () => (await api.get('/stats')).body.unique_ip_addresses as number;
const lone = (path: string, ip = '192.0.2.1') => ({ timestamp: '2026-11-20T10:00:00Z', ip, path });

it('entries that the database refuses are listed, however they came', async () => {
  const one = await api.post('/logs', lone('/poison/1'));
  expect(one.status).toBe(400);
  expect(JSON.stringify(one.body)).not.toContain('no_poison');
  const many = await api.post('/logs', [lone('/good/1'), lone('/poison/2')]);
  expect(many.body).toMatchObject({ accepted: 1, rejected_total: 1 });
  const key = { headers: { 'idempotency-key': 'k1' } };
  const once = await api.post('/logs', [lone('/good/2'), lone('/poison/3')], key);
  expect(once.body).toMatchObject({ accepted: 1, rejected_total: 1 });
  await api.post('/logs', [lone('/good/2'), lone('/poison/3')], key);
  const bad = await api.post('/logs', [lone('/poison/4')], { headers: { 'idempotency-key': 'k2' } });
  expect(bad.status).toBe(400);
  const letters = await list();
  const payloads = await Promise.all(
    letters.map(
      async ({ id }) => JSON.parse((await api.get(`${ROUTE}/${id}`)).body.data.payload as string) as object,
    ),
  );
  expect(payloads.reverse()).toMatchObject(
    ['/poison/1', '/poison/2', '/poison/3', '/poison/4'].map((path) => ({ path })),
  );
  expect(letters[0]).toMatchObject({
    kind: 'access',
    reason: 'refused_by_store',
    project: 'default',
    format: 'own_record',
  });
});

it('replay stores each once, also run many times at once, and counts its address', async () => {
  const paths = Array.from({ length: 10 }, (_, n) => `/poison/at-once/${n}`);
  await api.post(
    '/logs',
    paths.map((path, n) => lone(path, `198.51.100.${n}`)),
  );
  const failed = await api.post(`${ROUTE}/replay`, { kind: 'access' });
  expect(failed.body.data).toEqual({ replayed: 0, failed: 10, next: null });
  const before = await uniqueIps();
  await repair();
  const ids = (await list()).map(({ id }) => id);
  const answers = await Promise.all([
    ...ids.map((id) => api.post(`${ROUTE}/${id}/replay`, {})),
    api.post(`${ROUTE}/replay`, {}),
    api.post(`${ROUTE}/replay`, {}),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  for (const path of paths) expect(await stored(path)).toBe(1);
  expect((await list()).map(({ state, attempts }) => [state, attempts])).toEqual(
    ids.map(() => ['replayed', 2]),
  );
  expect(await uniqueIps()).toBe(before + 10);
});

it('a replay that was killed before it could say so stores nothing again', async () => {
  await api.post('/logs', [lone('/poison/killed')]);
  await repair();
  const [{ id }] = await list();
  await api.post(`${ROUTE}/${id}/replay`, {});
  await accounts.query(`update dead_letters set state = 'waiting', settled_at = null, outcome = null`);
  const again = await api.post(`${ROUTE}/${id}/replay`, {});
  expect(again.body.data).toMatchObject({ state: 'replayed', outcome: { stored: 1 } });
  expect(await stored('/poison/killed')).toBe(1);
});

it('the command line replays into the same store', async () => {
  await api.post('/logs', [lone('/poison/cli'), lone('/poison/cli')]);
  await repair();
  const isMysql = process.env.TEST_ACCESS_STORE === 'mysql';
  const { code, stdout, stderr } = await sightline(['dead-letters', 'replay', '--all'], {
    DATABASE_URL: server.databaseUrl,
    ...(isMysql && { ACCESS_STORE: 'mysql', MYSQL_URL: mysqlUrlBeside(server.databaseUrl) }),
  }).done;
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'replayed 2\n', stderr: '' });
  expect(await stored('/poison/cli')).toBe(2);
});
