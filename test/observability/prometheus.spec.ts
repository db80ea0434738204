import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { PrometheusServer } from '../../scripts/services/prometheus.mjs';
import { apiOf, type Api } from '../support/api.js';
import { startServer, type TestServer } from '../support/server.js';
import { until } from '../support/until.js';
import { expandedPromql, targetsOf, variablesOf } from './support/dashboards.js';
import { askPrometheus, inShort, numbersOf, rulesIn, sidesOf } from './support/promql.js';
import { sendTraffic } from './support/traffic.js';

const program = process.env.TEST_PROMETHEUS ?? '';
const promtool = join(dirname(program), 'promtool');
/** Longer than the suite: what happened at its beginning is in every rate. */
const RATE_INTERVAL = '5m';
const RULES = globSync('prometheus/rules/*.yml');
const DASHBOARD = 'common/server-metrics.json';

/** Those of Kafka need one: kafka.spec.ts. */
const rules = RULES.filter((file) => !file.endsWith('kafka.yml')).flatMap(rulesIn);

/** What has no data while all is well. */
const QUIET = /database_errors_total/;

let server: TestServer;
let api: Api;
let prometheus: PrometheusServer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sightline-prometheus-config-'));
  // With a database of its own elsewhere, a server has a folder, and so a disk, for its archive alone.
  server = await startServer({ env: { ARCHIVE_DIR: join(folder, 'archive') } });
  api = apiOf(server);
  const config = parse(readFileSync('prometheus/prometheus.yml', 'utf8')) as {
    global: Record<string, string>;
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    rule_files: string[];
  };
  config.global = { scrape_interval: '500ms', evaluation_interval: '500ms' };
  config.rule_files = RULES.map((file) => resolve(file));
  config.scrape_configs[0].static_configs[0].targets = [new URL(server.url).host];
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  prometheus = await PrometheusServer.start(program, join(folder, 'prometheus.yml'));
  // A rate needs two samples of what grows: whatever has labels is there only after its first time.
  for (let round = 0; round < 3; round++) {
    await sendTraffic(api);
    await api.post('/api/v1/ingest', '{');
    for (let k = 0; k < 2; k++) await api.get('/api/v1/metrics');
    await scraped();
  }
});

afterAll(async () => {
  await prometheus.stop();
  await server.stop();
  rmSync(folder, { recursive: true });
});

const ask = (expr: string) => askPrometheus(prometheus.url, expr);
const numbers = (expr: string) => numbersOf(prometheus.url, expr);

/** Resolves once one more scrape has seen what was sent before. */
async function scraped(): Promise<void> {
  const count = async () => (await ask('count_over_time(up{job="sightline"}[5m])'))[0]?.value[1] ?? '0';
  const before = Number(await count());
  await until(async () => Number(await count()) >= before + 2);
}

it('promtool finds nothing wrong, and every rule does as its tests say', () => {
  const run = (...args: string[]) => execFileSync(promtool, args, { encoding: 'utf8', stdio: 'pipe' });
  expect(run('check', 'config', 'prometheus/prometheus.yml')).toContain('SUCCESS');
  expect(run('check', 'rules', ...RULES)).toContain('SUCCESS');
  expect(run('test', 'rules', ...globSync('prometheus/tests/*.yml'))).not.toContain('FAILED');
});

it('every alert has a test that raises it, and a chapter of the docs', () => {
  const cases = globSync('prometheus/tests/*.yml').flatMap((file) => {
    const { tests } = parse(readFileSync(file, 'utf8')) as {
      tests: { alert_rule_test?: { alertname: string; exp_alerts: unknown[] }[] }[];
    };
    return tests;
  });
  const raised = cases
    .flatMap(({ alert_rule_test = [] }) => alert_rule_test)
    .filter((one) => one.exp_alerts.length > 0);
  const alerts = RULES.flatMap(rulesIn)
    .flatMap(({ alert }) => alert ?? [])
    .sort();
  expect([...new Set(raised.map(({ alertname }) => alertname))].sort()).toEqual(alerts);
  const docs = readFileSync('docs/prometheus.md', 'utf8');
  for (const alert of alerts) expect(docs).toContain(alert);
});

it('the scrape is whole', async () => {
  expect(await numbers('up{job="sightline"}')).toEqual([1]);
});

describe('recording rules give numbers', () => {
  it.each(rules.filter(({ record }) => record !== undefined))('$record', async ({ record }) => {
    expect(await numbers(record!)).not.toEqual([]);
  });
});

describe('alerts look at what is there', () => {
  // Each side of a comparison by itself: the alert is silent, what it compares is not.
  const compared = rules.flatMap(({ alert, expr }) =>
    alert === undefined || alert === 'SightlineAbsent' ? [] : sidesOf(expr).map((side) => ({ alert, side })),
  );
  it.each(compared)('$alert: $side', async ({ side }) => {
    expect(await numbers(inShort(side))).not.toEqual([]);
  });

  it('and none of them is raised', async () => {
    expect(await ask('ALERTS{alertstate="firing"}')).toEqual([]);
  });
});

describe(DASHBOARD, () => {
  const variables = { job: 'sightline', instance: '.+' };

  it.each(targetsOf(DASHBOARD))('$name gives numbers', async ({ expr }) => {
    const expanded = expandedPromql(expr!, variables, RATE_INTERVAL);
    if (QUIET.test(expr!)) expect(await ask(expanded)).toEqual([]);
    else expect(await numbers(expanded)).not.toEqual([]);
  });

  it('has variables with values', async () => {
    for (const { query } of variablesOf(DASHBOARD)) {
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/.exec(query)!;
      const found = await ask(expandedPromql(selector, variables, RATE_INTERVAL));
      expect(found.map(({ metric }) => metric[label])).not.toEqual([]);
    }
  });
});
