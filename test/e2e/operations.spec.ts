import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

/** Every metric of the contract, as far as it concerns what is there. */
const METRICS = [
  'http_requests_total',
  'http_request_duration_seconds',
  'logs_ingested_total',
  'log_batches_received_total',
  'batch_size',
  'invalid_requests_total',
  'validation_errors_total',
  'ingest_errors_total',
  'database_errors_total',
  'database_operation_duration_seconds',
  'duplicate_events_total',
  'rate_limited_total',
  'ingest_queue_depth',
  'ingest_flush_duration_seconds',
  'ingest_flush_rows',
  'ingest_flush_failures_total',
  'ingest_queue_limit',
  'disk_free_bytes',
  'database_size_bytes',
  'unique_ip_addresses',
  'access_logs_ingested_total',
  'aggregation_runs_total',
  'cache_requests_total',
  'process_resident_memory_bytes',
];

function valueOf(metrics: string, line: RegExp): number {
  return Number(new RegExp(`^${line.source} (\\S+)$`, 'm').exec(metrics)?.[1] ?? NaN);
}

describe('a server that has just started', () => {
  let server: TestServer;
  let api: Api;

  beforeAll(async () => {
    server = await startServer();
    api = apiOf(server);
  });
  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  it('reports health, readiness and liveness without a key', async () => {
    const health = await api.get('/health', { key: null });
    expect(health.status).toBe(200);
    expect(health.body).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(/Z$/) as string,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      uptime: expect.any(Number) as number,
      unique_ip_count: 0,
      services: {
        database: 'healthy',
        access_store: 'healthy',
        cache: expect.any(String) as string,
        queue: 'healthy',
        counting: 'healthy',
        kafka: 'disabled',
      },
    });
    expect((await api.get('/readiness', { key: null })).body).toMatchObject({ ready: true });
    expect((await api.get('/liveness', { key: null })).body).toMatchObject({ alive: true });
  });

  it('counts from 0, before anything happens', async () => {
    const { body } = (await api.get('/metrics', { key: null })) as { body: string };
    for (const type of ['behavioral', 'telemetry', 'observability', 'error', 'performance']) {
      for (const priority of ['normal', 'high']) {
        const line = new RegExp(`logs_ingested_total\\{event_type="${type}",priority="${priority}"\\}`);
        expect(valueOf(body, line)).toBe(0);
      }
    }
    for (const result of ['hit', 'miss', 'error']) {
      expect(valueOf(body, new RegExp(`cache_requests_total\\{result="${result}"\\}`))).toBe(0);
    }
    for (const endpoint of ['/api/v1/batch-ingest', '/logs', '/upload']) {
      expect(valueOf(body, new RegExp(`batch_size_count\\{endpoint="${endpoint}"\\}`))).toBe(0);
    }
    for (const dimension of ['event_name', 'path']) {
      expect(valueOf(body, new RegExp(`rollup_folded_records_total\\{dimension="${dimension}"\\}`))).toBe(0);
    }
  });

  it('counts what happens, with labels that no client chooses', async () => {
    const event = anEvent({ event_type: 'error', priority: 'high' });
    await api.post('/api/v1/ingest', event);
    await api.post('/api/v1/ingest', event);
    await api.post('/api/v1/batch-ingest', {
      logs: [anEvent(), anEvent({ properties: { 'my key': '\0' } })],
    });
    await api.get('/api/v1/events/secret-id');
    await api.get('/secret-path');
    const { body: metrics } = (await api.get('/metrics', { key: null })) as { body: string };
    for (const name of METRICS) expect(metrics).toContain(`# TYPE ${name} `);
    expect(valueOf(metrics, /logs_ingested_total\{event_type="error",priority="high"\}/)).toBe(1);
    expect(valueOf(metrics, /duplicate_events_total/)).toBe(1);
    expect(valueOf(metrics, /log_batches_received_total/)).toBe(1);
    expect(valueOf(metrics, /batch_size_sum\{endpoint="\/api\/v1\/batch-ingest"\}/)).toBe(2);
    expect(valueOf(metrics, /validation_errors_total\{field="properties",error_type="unstorable"\}/)).toBe(1);
    expect(
      valueOf(
        metrics,
        /http_requests_total\{method="GET",endpoint="\/api\/v1\/events\/:event_id",status="404"\}/,
      ),
    ).toBe(1);
    expect(valueOf(metrics, /http_requests_total\{method="GET",endpoint="unmatched",status="404"\}/)).toBe(1);
    expect(valueOf(metrics, /database_errors_total\{operation="append"\}/)).toBe(0);
    expect(metrics).not.toMatch(/secret|my key/);
  });
});

it('asks for a key at the metrics when told to, on the path that it is told', async () => {
  const server = await startServer({
    env: { METRICS_REQUIRE_KEY: '1', METRICS_PATH: '/prom', HEALTH_CHECK_PATH: '/up' },
  });
  const api = apiOf(server);
  expect((await api.get('/prom', { key: null })).status).toBe(401);
  expect((await api.get('/prom')).status).toBe(200);
  expect((await api.get('/metrics')).status).toBe(404);
  expect((await api.get('/up', { key: null })).body).toMatchObject({ status: 'healthy' });
  expect(await server.stop()).toBe(0);
});

it('serves one port with two workers, adds up their metrics, and replaces one that dies', async () => {
  const server = await startServer({ env: { WORKERS: '2' } });
  // It answers once one of them listens; a worker that dies before all do ends the start.
  await until(() => server.logs.some((line) => line.includes('"msg":"listening"')));
  const api = apiOf(server);
  const sent = 40;
  await Promise.all(Array.from({ length: sent }, () => api.post('/api/v1/ingest', anEvent())));
  const ingested = async () =>
    valueOf(
      (await api.get('/metrics')).body as string,
      /logs_ingested_total\{event_type="behavioral",priority="normal"\}/,
    );
  // a worker that is busy is shown as it last was
  await until(async () => (await ingested()) === sent);

  const [worker] = execFileSync('pgrep', ['-P', String(server.process.pid)], { encoding: 'utf8' })
    .trim()
    .split('\n');
  process.kill(Number(worker), 'SIGKILL');
  await until(() => server.logs.some((line) => line.includes('starting another')));
  // A connection that is handed to a process as it dies is never answered: clients need a limit of their own.
  const isReady = () =>
    fetch(`${server.url}/readiness`, { signal: AbortSignal.timeout(500) }).then(
      ({ status }) => status === 200,
      () => false,
    );
  await until(isReady);
  // What the dead one counted stays counted.
  expect(await ingested()).toBe(sent);
  expect(await server.stop()).toBe(0);
});
