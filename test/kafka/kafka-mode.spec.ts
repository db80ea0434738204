import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kafkaPrograms } from '../../scripts/services/kafka-programs.mjs';
import { KafkaBroker } from '../../scripts/services/kafka.mjs';
import { anEntry } from '../support/access-api.js';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { kafkaBrokers, readTopic, runKafkaTool, uniqueName } from '../support/kafka.js';
import { startServer, type TestServer } from '../support/server.js';
import { SOON_MS, until } from '../support/until.js';

const isWanted = Boolean(process.env.TEST_KAFKA_BROKERS) || process.env.REQUIRE_ALL_SERVICES === '1';
if (!isWanted) process.stderr.write('\n!!! NO KAFKA: Kafka mode is NOT TESTED\n\n');
/** What those who have no worker for half a minute are told. */
const STUCK_MS = 30_000;

/** Settings of processes that have topics of their own on the broker of the run. */
function kafkaEnv(brokers = kafkaBrokers()): Record<string, string> {
  const name = uniqueName('mode');
  return {
    INGEST_MODE: 'kafka',
    KAFKA_BROKERS: brokers,
    KAFKA_EVENTS_TOPIC: `${name}.events`,
    KAFKA_ACCESS_TOPIC: `${name}.access`,
    KAFKA_GROUP: name,
    KAFKA_PARTITIONS: '3',
  };
}

const eventsOf = async (api: Api, name: string) =>
  (await api.get(`/api/v1/logs/filter?event_name=${name}`)).body.data.logs as { event_id: string }[];

(isWanted ? describe : describe.skip)('INGEST_MODE=kafka', () => {
  const env = isWanted ? { ...kafkaEnv(), KAFKA_WORKER: '1', KAFKA_SOURCES: '' } : {};
  const [raw, objects] = [uniqueName('raw'), uniqueName('objects')];
  let server: TestServer;
  let api: Api;

  beforeAll(async () => {
    const KAFKA_SOURCES = `${raw}=lines,${objects}=events`;
    server = await startServer({ env: { ...env, KAFKA_SOURCES } });
    api = apiOf(server);
  });

  afterAll(async () => {
    expect(await server?.stop()).toBe(0);
  });

  it('acknowledges events as queued, and stores each once', async () => {
    const event = anEvent({ event_name: 'queued-once', properties: { n: 1, tags: { provider: 'acme' } } });
    const one = await api.post('/api/v1/ingest', event);
    expect([one.status, one.body.message]).toEqual([201, 'Log ingested successfully']);
    expect(one.body.data).toEqual({ event_id: event.event_id, id: null, duplicate: null, state: 'queued' });
    const many = await api.post('/api/v1/batch-ingest', {
      logs: [event, anEvent({ event_name: 'queued-once' }), { event_id: 'bad' }],
    });
    expect(many.body.data).toMatchObject({ total_received: 3, logs_processed: 2, duplicates: null });
    expect(many.body.data.rejected).toMatchObject([{ index: 2, event_id: 'bad' }]);
    await until(async () => (await eventsOf(api, 'queued-once')).length === 2, SOON_MS);
    const { body } = await api.get('/api/v1/logs/filter?event_name=queued-once&provider_name=acme');
    expect(body.data.logs).toMatchObject([{ event_id: event.event_id, properties: event.properties }]);
  });

  it('acknowledges access entries, and knows a request with a key again', async () => {
    const lone = await api.post('/logs', anEntry({ path: '/queued' }));
    expect([lone.status, lone.body]).toEqual([
      200,
      { status: 'success', message: 'Log queued', unique_ips: expect.any(Number) },
    ]);
    const headers = { 'idempotency-key': uniqueName('key') };
    const entries = [anEntry({ path: '/queued' }), anEntry({ path: '/queued' })];
    const first = await api.post('/logs', entries, { headers });
    expect(first.body).toMatchObject({ message: '2 logs ingested', accepted: 2 });
    expect((await api.post('/logs', entries, { headers })).body).toEqual(first.body);
    const other = await api.post('/logs', [anEntry()], { headers });
    expect([other.status, other.body.error]).toEqual([409, 'idempotency_conflict']);
    await until(async () => (await api.get('/logs?path=/queued')).body.meta.total === 3, SOON_MS);
    // Now the store knows it.
    expect((await api.post('/logs', entries, { headers })).body).toEqual(first.body);
    expect((await api.get('/logs?path=/queued')).body.meta.total).toBe(3);
  });

  it('takes what another producer writes, and buries what it cannot', async () => {
    const lines = [
      '["2026-11-20T10:00:00Z 203.0.113.1 GET /raw 200 5ms","a bad line"]',
      '2026-11-20T10:00:01Z 203.0.113.2 POST /raw 500 7.5ms',
      'hello world',
    ];
    await runKafkaTool('kafka-console-producer', kafkaBrokers(), ['--topic', raw], `${lines.join('\n')}\n`);
    const messages = [JSON.stringify(anEvent({ event_name: 'from-others' })), 'not json', '{"event_id":"x"}'];
    await runKafkaTool(
      'kafka-console-producer',
      kafkaBrokers(),
      ['--topic', objects],
      `${messages.join('\n')}\n`,
    );
    await until(async () => (await api.get('/logs?path=/raw')).body.meta.total === 2, SOON_MS);
    await until(async () => (await eventsOf(api, 'from-others')).length === 1, SOON_MS);
    const letters = async () => (await api.get('/api/v1/dead-letters?limit=100')).body.data;
    await until(async () => (await letters()).length === 4, SOON_MS);
    const buried = (await letters()) as { reason: string; origin: { topic: string; index: number } }[];
    expect(buried.map(({ reason, origin }) => [origin.topic, reason, origin.index]).sort()).toEqual(
      [
        [raw, 'validation_error', 1],
        [raw, 'validation_error', 0],
        [objects, 'invalid_message', 0],
        [objects, 'validation_error', 0],
      ].sort(),
    );
    expect((await readTopic(`${raw}.dlq`)).map(({ value }) => value).sort()).toEqual([
      'a bad line',
      'hello world',
    ]);
  });

  it('says what a broker of one replica is worth, and its lag as the tools of Kafka have it', async () => {
    const { body } = await api.get('/health');
    expect(body).toMatchObject({ services: { kafka: 'healthy' } });
    expect(body.warnings).toHaveLength(2);
    const metrics = String((await api.get('/metrics')).body);
    const group = (env as Record<string, string>).KAFKA_GROUP;
    const table = await runKafkaTool('kafka-consumer-groups', kafkaBrokers(), [
      '--group',
      group,
      '--describe',
    ]);
    const told = table.match(new RegExp(`^${group} .*$`, 'gm'))!.map((line) => line.split(/\s+/));
    expect(told.length).toBeGreaterThanOrEqual(6);
    for (const [, topic, partition, , , lag] of told) {
      expect(metrics).toContain(`kafka_consumer_lag{topic="${topic}",partition="${partition}"} ${lag}\n`);
    }
  });
});

(isWanted ? describe : describe.skip)('Kafka that is away', () => {
  it('is a 503 within two seconds, and mends itself', async () => {
    const broker = await KafkaBroker.make((await kafkaPrograms())!);
    await broker.start();
    const server = await startServer({ env: { ...kafkaEnv(broker.brokers), KAFKA_WORKER: '1' } });
    const api = apiOf(server);
    // A broker that has just started may take longer than a request for the first record.
    await until(async () => (await api.post('/api/v1/ingest', anEvent())).status === 201);
    await broker.kill();
    await until(async () => (await api.post('/api/v1/ingest', anEvent())).status === 503, SOON_MS);
    const refused = await api.post('/logs', [anEntry()]);
    expect([refused.status, refused.body.error]).toEqual([503, 'storage_unavailable']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await api.get('/readiness')).status).toBe(503);
    expect((await api.get('/health')).body).toMatchObject({
      status: 'unhealthy',
      services: { kafka: 'unhealthy' },
    });
    // What is stored can be asked for all the same.
    expect((await api.get('/api/v1/logs/recent')).status).toBe(200);
    await broker.start();
    await until(async () => (await api.get('/readiness')).status === 200);
    const event = anEvent({ event_name: 'after-all' });
    await until(async () => (await api.post('/api/v1/ingest', event)).status === 201);
    await until(async () => (await eventsOf(api, 'after-all')).length === 1);
    expect(await server.stop()).toBe(0);
    broker.stop();
  });
});

(isWanted ? describe : describe.skip)('without a worker', () => {
  it('health is degraded once nothing was stored for half a minute, and a worker mends that', async () => {
    const env = kafkaEnv();
    const server = await startServer({ env });
    const api = apiOf(server);
    expect((await api.post('/api/v1/ingest', anEvent({ event_name: 'waits' }))).status).toBe(201);
    const health = async () => (await api.get('/health')).body;
    expect((await health()).services.kafka).toBe('healthy');
    await until(async () => (await health()).services.kafka === 'degraded', 2 * STUCK_MS + SOON_MS);
    expect(await health()).toMatchObject({ status: 'degraded', services: { database: 'healthy' } });
    const metrics = String((await api.get('/metrics')).body);
    expect(Number(/^kafka_consumer_lag_seconds\{.*\} ([1-9][\d.]*)$/m.exec(metrics)?.[1])).toBeGreaterThan(
      20,
    );
    const worker = await startServer({
      command: 'worker',
      env: { ...env, DATABASE_URL: server.databaseUrl },
    });
    await until(async () => (await eventsOf(api, 'waits')).length === 1);
    await until(async () => (await health()).services.kafka === 'healthy', SOON_MS);
    expect(await worker.stop()).toBe(0);
    expect(await server.stop()).toBe(0);
  });
});
