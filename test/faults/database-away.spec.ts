import pg from 'pg';
import { expect, it } from 'vitest';
import { anEvent, apiOf } from '../support/api.js';
import { cloneDatabase } from '../support/database.js';
import { gateBefore } from '../support/gate.js';
import { compareWithStore, startClients } from '../support/ledger-clients.js';
import { startServer } from '../support/server.js';
import { until } from '../support/until.js';

it('answers 503 while the database is away, and loses nothing when it comes and goes under load', async () => {
  const testDatabase = await cloneDatabase();
  const gate = await gateBefore(testDatabase.url);
  const server = await startServer({ env: { DATABASE_URL: gate.url } });
  const api = apiOf(server);
  const clients = startClients(() => server.url, server.key, 6);
  for (let round = 0; round < 3; round++) {
    const before = clients.ledger.acknowledged.size;
    await until(() => clients.ledger.acknowledged.size > before + 300);
    gate.shut();
    await until(async () => (await api.get('/readiness')).status === 503);
    const refused = await api.post('/api/v1/ingest', anEvent());
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ error: 'storage_unavailable', retryable: true });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await api.get('/health')).body).toMatchObject({
      status: 'unhealthy',
      services: { database: 'unhealthy' },
    });
    expect((await api.get('/liveness')).status).toBe(200);
    gate.open();
    await until(async () => (await api.get('/readiness')).status === 200);
  }
  await clients.stop();
  const { missing, doubled } = await compareWithStore(testDatabase.url, clients.ledger);
  expect(clients.ledger).toMatchObject({ unexpected: [], unanswered: 0 });
  expect([missing, doubled]).toEqual([[], []]);
  expect(await server.stop()).toBe(0);
  await gate.close();
  await testDatabase.drop();
});

it('answers 503 overloaded at once when more waits than it may hold', async () => {
  const server = await startServer({ env: { MAX_IN_FLIGHT_RECORDS: '500', WORKER_POOL_SIZE: '1' } });
  const api = apiOf(server);
  const database = new pg.Client(server.databaseUrl);
  await database.connect();
  // Flushes wait for this lock: what is sent piles up.
  await database.query('begin; lock table event_keys in access exclusive mode');
  const batch = () =>
    api.post('/api/v1/batch-ingest', { logs: Array.from({ length: 200 }, () => anEvent()) });
  const waiting = [batch(), batch()];
  await until(async () => /^ingest_queue_depth 400$/m.test((await api.get('/metrics')).body as string));
  const refused = await batch();
  expect([refused.status, refused.body.error]).toEqual([503, 'overloaded']);
  expect(refused.headers.get('retry-after')).toBe('1');
  await database.query('commit');
  for (const answer of await Promise.all(waiting)) expect(answer.body.data.logs_processed).toBe(200);
  await database.end();
  expect(await server.stop()).toBe(0);
});
