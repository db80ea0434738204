import mysql from 'mysql2/promise';
import { afterEach, expect, it } from 'vitest';
import { anEntry } from '../support/access-api.js';
import { apiOf, type Api } from '../support/api.js';
import { mysqlUrlBeside } from '../support/mysql-database.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Of DB_MAX_CONNECTIONS=10: two each are for ingest and operations, and a project has half of the rest. */
const SHARE = 3;
const QUESTIONS = ['hour', 'day', 'week'].flatMap((range) =>
  ['errors', 'traffic', 'logs'].map((type) => `/stats?type=${type}&range=${range}`),
);

let server: TestServer;
let database: mysql.Connection;

// its lock first
afterEach(async () => {
  await database.end();
  expect(await server.stop()).toBe(0);
});

it('keeps a project whose questions take long to its share on MariaDB too', async () => {
  server = await startServer({ env: { DB_MAX_CONNECTIONS: '10' } });
  const slow = await projectOf('slow');
  const quick = await projectOf('quick');
  expect((await quick.post('/logs', [anEntry()])).status).toBe(200);
  database = await mysql.createConnection(mysqlUrlBeside(server.databaseUrl));
  // Whoever asks for counts waits for this lock; pages of entries do not.
  await database.query('lock tables access_rollups write');
  const answers = QUESTIONS.map((path) => slow.get(path));
  await until(async () => (await waitingForLock()) === SHARE);
  expect((await quick.get('/logs')).body.data).toHaveLength(1);
  expect((await quick.get('/readiness')).status).toBe(200);
  expect((await quick.get('/health')).body).toMatchObject({ services: { access_store: 'healthy' } });
  expect(await waitingForLock()).toBe(SHARE);
  await database.query('unlock tables');
  for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
});

async function projectOf(project: string): Promise<Api> {
  const made = await apiOf(server).post('/api/v1/keys', {
    name: project,
    project,
    scopes: ['ingest', 'query'],
  });
  return apiOf({ url: server.url, key: made.body.data.key });
}

async function waitingForLock(): Promise<number> {
  const [rows] = await database.query<mysql.RowDataPacket[]>(
    `select count(*) as n from information_schema.processlist
     where db = database() and state = 'Waiting for table metadata lock'`,
  );
  return Number(rows[0].n);
}
