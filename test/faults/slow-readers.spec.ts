import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const QUESTIONS = 10;
/** Of DB_MAX_CONNECTIONS=10: two each are for ingest and operations, and a project has half of the rest. */
const SHARE = 3;

let server: TestServer;
let database: pg.Client;

// its lock first
afterEach(async () => {
  await database.end();
  expect(await server.stop()).toBe(0);
});

it('keeps a project whose questions take long to its share: the others are answered, and health is as it was', async () => {
  server = await startServer({ env: { DB_MAX_CONNECTIONS: '10', COUNT_INTERVAL_SECONDS: '3600' } });
  const admin = apiOf(server);
  const [slow, slowToo, quick] = [
    await projectOf(admin, 'slow'),
    await projectOf(admin, 'slow-too'),
    await projectOf(admin, 'quick'),
  ];
  expect((await quick.post('/api/v1/ingest', anEvent())).status).toBe(201);
  database = new pg.Client(server.databaseUrl);
  await database.connect();
  // Whoever asks for counts waits for this lock; pages of events do not.
  await database.query('begin; lock table event_rollups in access exclusive mode');

  const answers = askForCounts(slow);
  await until(async () => (await waitingForLock()) === SHARE);
  expect((await quick.get('/api/v1/logs/recent')).body.data).toHaveLength(1);
  expect((await admin.get('/readiness')).status).toBe(200);

  // every connection of queries is taken now
  answers.push(...askForCounts(slowToo));
  await until(async () => (await waitingForLock()) === 2 * SHARE);
  expect((await admin.get('/readiness')).status).toBe(200);
  expect((await admin.get('/health')).body).toMatchObject({ services: { database: 'healthy' } });
  const made = await projectOf(admin, 'made-meanwhile');
  expect((await made.post('/api/v1/ingest', anEvent())).status).toBe(201);
  expect(await waitingForLock()).toBe(2 * SHARE);

  await database.query('commit');
  for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
});

async function projectOf(admin: Api, project: string): Promise<Api> {
  const made = await admin.post('/api/v1/keys', { name: project, project, scopes: ['ingest', 'query'] });
  expect(made.status).toBe(201);
  return apiOf({ url: server.url, key: made.body.data.key });
}

/** Each another query: the same would be asked once. */
function askForCounts(api: Api) {
  const hour = (n: number) => new Date(Date.UTC(2026, 0, 1, n)).toISOString();
  return Array.from({ length: QUESTIONS }, (_, n) =>
    api.get(`/api/v1/stats?type=logs&interval=1h&from=${hour(n)}&to=${hour(n + 1)}`),
  );
}

async function waitingForLock(): Promise<number> {
  const { rows } = await database.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0].n;
}
