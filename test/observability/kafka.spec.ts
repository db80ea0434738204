import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { PrometheusServer } from '../../scripts/services/prometheus.mjs';
import { anEntry } from '../support/access-api.js';
import { anEvent, apiOf } from '../support/api.js';
import { createTopic, kafkaBrokers, kafkaSettings, runKafkaTool } from '../support/kafka.js';
import { startServer, type TestServer } from '../support/server.js';
import { SOON_MS, until } from '../support/until.js';
import { expandedPromql, targetsOf, variablesOf } from './support/dashboards.js';
import { askPrometheus, inShort, numbersOf, rulesIn, sidesOf } from './support/promql.js';

/** Longer than the suite: what happened at its beginning is in every rate. */
const RATE_INTERVAL = '5m';
const RULES = 'prometheus/rules/kafka.yml';
const DASHBOARD = 'common/kafka.json';

let server: TestServer;
let worker: TestServer;
let prometheus: PrometheusServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-prometheus-config-'));
  const source = await createTopic();
  const settings = { ...kafkaSettings(), KAFKA_SOURCES: `${source}=lines` };
  server = await startServer({ env: { ...settings, INGEST_MODE: 'kafka' } });
  worker = await startServer({
    command: 'worker',
    env: { ...settings, DATABASE_URL: server.databaseUrl },
  });
  const config = {
    global: { scrape_interval: '500ms', evaluation_interval: '500ms' },
    rule_files: [resolve(RULES)],
    scrape_configs: [
      {
        job_name: 'sightline',
        static_configs: [{ targets: [server, worker].map(({ url }) => new URL(url).host) }],
      },
    ],
  };
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  prometheus = await PrometheusServer.start(
    process.env.TEST_PROMETHEUS ?? '',
    join(folder, 'prometheus.yml'),
  );
  const api = apiOf(server);
  for (let round = 0; round < 3; round++) {
    expect((await api.post('/api/v1/ingest', anEvent())).status).toBe(201);
    expect((await api.post('/logs', anEntry())).status).toBe(200);
    await runKafkaTool('kafka-console-producer', kafkaBrokers(), ['--topic', source], 'no line\n');
    // A rate needs what grows between two scrapes.
    for (const counter of ['kafka_records_produced_total', 'kafka_records_consumed_total'])
      await until(async () => (await seen(counter)) === 2 * (round + 1));
    await until(async () => (await seen('dead_letters_total')) === round + 1);
  }
});

afterAll(async () => {
  await prometheus?.stop();
  await worker?.stop();
  await server?.stop();
  rmSync(folder, { recursive: true });
});

const ask = (expr: string) => askPrometheus(prometheus.url, expr);
/** The sum of a counter, as it was scraped last. */
const seen = async (counter: string) => Number((await ask(`sum(${counter})`))[0]?.value[1] ?? 0);
const numbers = (expr: string) => numbersOf(prometheus.url, expr);

it('servers and workers are scraped', async () => {
  expect(await numbers('sum(up{job="sightline"})')).toEqual([2]);
});

describe('recording rules give numbers', () => {
  it.each(rulesIn(RULES).filter(({ record }) => record !== undefined))('$record', async ({ record }) => {
    expect(await numbers(record!)).not.toEqual([]);
  });
});

describe('alerts look at what is there', () => {
  const compared = rulesIn(RULES).flatMap(({ alert, expr }) =>
    alert === undefined ? [] : sidesOf(expr).map((side) => ({ alert, side })),
  );
  it.each(compared)('$alert: $side', async ({ side }) => {
    expect(await numbers(inShort(side))).not.toEqual([]);
  });

  it('and none of them is raised', async () => {
    // The lag is looked at every 2 s: for so long what came last is pending.
    await until(async () => (await ask('ALERTS')).length === 0, SOON_MS);
  });
});

describe(DASHBOARD, () => {
  const variables = { job: 'sightline', instance: '.+' };

  it.each(targetsOf(DASHBOARD))('$name gives numbers', async ({ expr }) => {
    expect(await numbers(expandedPromql(expr!, variables, RATE_INTERVAL))).not.toEqual([]);
  });

  it('tells of each partition once, of whichever processes', async () => {
    const [{ expr }] = targetsOf(DASHBOARD).filter(({ name }) => name.startsWith('Lag by partition'));
    expect(await ask(expandedPromql(expr!, variables, RATE_INTERVAL))).toHaveLength(5);
  });

  it('has variables with values: a server and a worker', async () => {
    for (const { query } of variablesOf(DASHBOARD)) {
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(query)!;
      const found = await ask(expandedPromql(selector, variables, RATE_INTERVAL));
      const names = new Set(found.map(({ metric }) => metric[label]));
      expect(names.size).toBe(label === 'job' ? 1 : 2);
    }
  });
});
