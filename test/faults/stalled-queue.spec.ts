import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let server: TestServer;
let api: Api;
let database: pg.Client;

beforeEach(async () => {
  server = await startServer();
  api = apiOf(server);
  database = new pg.Client(server.databaseUrl);
  await database.connect();
});

// its lock first
afterEach(async () => {
  await database.end();
  expect(await server.stop()).toBe(0);
});

it('is degraded while it has records and none gets stored, though the database answers', async () => {
  await database.query('begin; lock table event_keys in access exclusive mode');
  const answer = api.post('/api/v1/ingest', anEvent());
  await until(async () => (await api.get('/health')).status === 206);
  expect((await api.get('/health')).body).toMatchObject({
    status: 'degraded',
    services: { database: 'healthy', access_store: 'healthy', queue: 'degraded', counting: 'healthy' },
  });
  // A pod that is taken out of its balancer would store nothing more, and neither would the others.
  expect((await api.get('/readiness')).body).toEqual({
    ready: true,
    message: 'The server is accepting requests',
  });
  await database.query('commit');
  expect((await answer).status).toBe(201);
  await until(async () => (await api.get('/health')).status === 200);
});
