import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SystemView } from '../../src/operations/system/system.dto.js';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let server: TestServer;
let api: Api;

beforeAll(async () => {
  server = await startServer({ env: { WORKERS: '2', MAX_IN_FLIGHT_RECORDS: '500' } });
  api = apiOf(server);
});

afterAll(() => server.stop());

async function system(): Promise<SystemView> {
  const { status, body } = await api.get('/api/v1/system');
  expect({ status, body: body as unknown }).toMatchObject({ status: 200, body: { success: true } });
  return (body as { data: SystemView }).data;
}

describe('GET /api/v1/system', () => {
  it('sums what all workers have counted', async () => {
    const before = await system();
    const event = anEvent();
    // a connection each: they go to both workers
    await Promise.all(Array.from({ length: 20 }, () => api.post('/api/v1/ingest', anEvent())));
    await api.post('/api/v1/ingest', event);
    await api.post('/api/v1/ingest', event);
    await api.post('/api/v1/batch-ingest', { logs: [anEvent(), { event_id: 'no type' }] });
    await api.post('/api/v1/ingest', {});
    await api.post('/logs', [{ ip: '192.0.2.1' }, { ip: 'no address' }, { path: '/' }]);
    const counted = {
      events: { stored: 22, duplicate: 1, rejected: 2 },
      access_entries: { stored: 2, rejected: 1 },
    };
    let after: SystemView;
    // a worker that is busy is shown as it last was
    await until(async () => isDeepStrictEqual((after = await system()).ingest, counted));
    after = after!;
    expect(after).toMatchObject({ workers: 2, queue: { depth: 0, limit: 2000 } });
    expect(after.requests.count - before.requests.count).toBeGreaterThanOrEqual(25);
    expect(after.requests.errors_5xx).toBe(0);
    const { p50_ms, p95_ms, p99_ms, ...flush } = after.flush;
    expect(flush).toEqual({ count: expect.any(Number), rows: 25, seconds_total: expect.any(Number) });
    expect(0 < p50_ms! && p50_ms! <= p95_ms! && p95_ms! <= p99_ms!).toBe(true);
    expect(after.services).toMatchObject({ database: 'healthy', queue: 'healthy' });
    expect(after.cache.hits + after.cache.misses).toBeGreaterThan(0);
    expect(after.uptime_seconds).toBeGreaterThanOrEqual(before.uptime_seconds);
  });

  it('tells what the databases take, by table and day', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const partitioned = async (name: string) => {
      const { tables } = (await system()).storage!;
      return tables.find((one) => one.name === name && one.partitions.some(({ day }) => day === today));
    };
    for (const name of ['events', 'access_logs']) {
      // what is told may be some seconds old: from before there were partitions
      await until(async () => (await partitioned(name)) !== undefined);
      const table = (await partitioned(name))!;
      const bytes = table.partitions.map((partition) => partition.bytes);
      expect(table.bytes).toBeGreaterThanOrEqual(bytes.reduce((a, b) => a + b));
    }
    const { database_bytes, tables } = (await system()).storage!;
    expect(database_bytes).toBeGreaterThan(1_000_000);
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['event_rollups', 'access_blocks']),
    );
  });

  it('is the operator’s alone', async () => {
    const { body } = await api.post('/api/v1/keys', { name: 'reader', scopes: ['query'] });
    const { key } = (body as { data: { key: string } }).data;
    expect(await api.get('/api/v1/system', { headers: { 'x-api-key': key } })).toMatchObject({ status: 403 });
  });
});
