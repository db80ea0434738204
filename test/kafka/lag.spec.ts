import { afterEach, expect, it } from 'vitest';
import { anEntry } from '../support/access-api.js';
import { anEvent, apiOf, type Api } from '../support/api.js';
import { kafkaBrokers, kafkaSettings, runKafkaTool, samplesOf } from '../support/kafka.js';
import { freePort, startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';

let server: TestServer | undefined;
let worker: TestServer | undefined;

afterEach(async () => {
  await worker?.kill9();
  await server?.stop();
});

/** The lag of each partition by Kafka's own tool, under the labels that our metric has. */
async function lagByTool(group: string): Promise<Map<string, number>> {
  const args = ['--describe', '--group', group];
  const rows = (await runKafkaTool('kafka-consumer-groups', kafkaBrokers(), args)).split('\n').slice(2);
  const cells = rows.map((row) => row.split(/\s+/)).filter(([name]) => name === group);
  return new Map(cells.map(([, topic, n, , , lag]) => [`topic="${topic}",partition="${n}"`, Number(lag)]));
}

/** One request a message: both topics have some in each partition. */
async function send(api: Api, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    expect((await api.post('/api/v1/ingest', anEvent())).status).toBe(201);
    expect((await api.post('/logs', anEntry())).status).toBe(200);
  }
}

it('tells the lag that Kafka’s own tool tells, with a worker and without, and degrades where there is none', async () => {
  const settings = kafkaSettings();
  server = await startServer({ env: { ...settings, INGEST_MODE: 'kafka' } });
  const { url, databaseUrl } = server;
  // As in a composition of containers, where one file is for all: what is the servers' alone means nothing to a worker.
  const METRICS_PORT = String(await freePort());
  worker = await startServer({
    command: 'worker',
    env: { ...settings, DATABASE_URL: databaseUrl, METRICS_PORT, INGEST_MODE: 'kafka' },
  });
  const api = apiOf(server);
  const lagHere = () => samplesOf(url, 'kafka_consumer_lag');
  const total = (lags: Map<string, number>) => [...lags.values()].reduce((sum, lag) => sum + lag, 0);
  await send(api, 8);
  const consumed = async () => total(await samplesOf(worker!.url, 'kafka_records_consumed_total'));
  await until(async () => (await consumed()) === 16);
  await until(async () => (await lagByTool(settings.KAFKA_GROUP)).size === 4);
  await until(async () => total(await lagByTool(settings.KAFKA_GROUP)) === 0);
  await until(async () => (await lagHere()).size === 4 && total(await lagHere()) === 0);

  expect(await worker.stop()).toBe(0);
  await send(api, 5);
  await until(async () => total(await lagHere()) === 10);
  const [ours, theirs] = [await lagHere(), await lagByTool(settings.KAFKA_GROUP)];
  expect([...ours].sort()).toEqual([...theirs].sort());
  const ages = await samplesOf(url, 'kafka_consumer_lag_seconds');
  for (const [labels, lag] of ours) expect(ages.get(labels)! > 0).toBe(lag > 0);
  // Nobody stores it: the server says so, whatever workers there were.
  await until(async () => (await api.get('/health')).status === 206);
  expect((await api.get('/health')).body).toMatchObject({
    status: 'degraded',
    services: { kafka: 'degraded' },
  });
});
