// `npm test -- [--only RUN,…] [--coverage] [jest's own arguments]`: starts the servers that tests need, runs jest once for what
// needs no database or its own, then for each PostgreSQL everything without Redis and what knows Redis with it, then what knows
// access entries on MariaDB, then the API against its own document, and the dashboard in Chromium. CONTRIBUTING.md says which suite belongs where.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from './services/chromium.mjs';
import { go } from './services/go.mjs';
import { mariadb } from './services/mariadb.mjs';
import { pgDump15, postgres15, postgres18 } from './services/postgres.mjs';
import { prometheus } from './services/prometheus.mjs';
import { redis } from './services/redis.mjs';
import { schemathesis } from './services/schemathesis.mjs';

const JEST = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];
const SERVICES = { pg18: postgres18, pg15: postgres15, redis, mariadb, chromium, prometheus, schemathesis };
const args = process.argv.slice(2);
const only = takeOption('--only')?.split(',');
const strict = process.env.REQUIRE_ALL_SERVICES === '1';

const results = mkdtempSync(path.join(tmpdir(), 'sightline-test-'));
const services = {};
const total = { passed: 0, failed: 0 };
let jest;
let interrupted = false;

function takeOption(name) {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return undefined;
  const [option, value] = args.splice(at, args[at] === name ? 2 : 1);
  return value ?? option.slice(name.length + 1);
}

async function startServices(runs) {
  const needed = new Set(runs.flatMap(({ needs }) => needs));
  for (const [name, start] of Object.entries(SERVICES)) {
    if (interrupted || !needed.has(name)) continue;
    services[name] = await start();
    if (services[name]) continue;
    console.error(`\n!!! ${name} IS NOT HERE: ${strict ? 'the run fails' : 'its suites are SKIPPED'}\n`);
    if (strict) total.failed += 1;
  }
}

function plan() {
  if (args.includes('--coverage')) {
    return [
      {
        name: 'coverage',
        projects: ['unit', 'embedded', 'schema', 'matrix', 'tools', 'mariadb'],
        needs: ['pg18', 'pg15', 'redis', 'mariadb'],
      },
    ];
  }
  const runs = [
    { name: 'unit', projects: ['unit'], needs: [] },
    { name: 'embedded', projects: ['embedded'], needs: [] },
    { name: 'schema', projects: ['schema'], needs: ['pg15'] },
  ];
  for (const pg of ['pg18', 'pg15']) {
    runs.push({ name: pg, projects: ['matrix'], needs: [pg] });
    runs.push({ name: `${pg}+redis`, projects: ['redis'], needs: [pg, 'redis'] });
  }
  runs.push({ name: 'tools', projects: ['tools'], needs: ['pg18'] });
  runs.push({ name: 'mariadb', projects: ['mariadb'], needs: ['pg18', 'mariadb'] });
  runs.push({ name: 'openapi', projects: ['openapi'], needs: ['pg18', 'schemathesis'] });
  runs.push({ name: 'browser', projects: ['browser'], needs: ['pg18', 'chromium'] });
  runs.push({
    name: 'observability',
    projects: ['observability'],
    needs: ['pg18', 'pg15', 'mariadb', 'prometheus'],
  });
  const unknown = only?.find((name) => !runs.some((run) => run.name === name));
  if (unknown) throw new Error(`--only ${unknown}: the runs are ${runs.map(({ name }) => name).join(', ')}`);
  return runs.filter(({ name }) => !only || only.includes(name));
}

function environment({ needs, projects }) {
  const server = needs.find((name) => name.startsWith('pg'));
  return {
    ...process.env,
    PG_DUMP: pgDump15(),
    TEST_POSTGRES18_URL: services.pg18?.url ?? '',
    TEST_POSTGRES15_URL: services.pg15?.url ?? '',
    TEST_REDIS_URL: services.redis?.url ?? '',
    TEST_MYSQL_URL: services.mariadb?.url ?? '',
    TEST_CHROMIUM: services.chromium?.program ?? '',
    TEST_SCHEMATHESIS: services.schemathesis?.program ?? '',
    TEST_PROMETHEUS: services.prometheus?.program ?? '',
    TEST_GO: projects.includes('tools') ? (go() ?? '') : '',
    TEST_POSTGRES_URL: server ? services[server].url : '',
    TEST_WITH_REDIS_URL: needs.includes('redis') ? services.redis.url : '',
  };
}

async function runJest(run) {
  const report = path.join(results, `${run.name}.json`);
  // Two at once: a suite has servers of its own. Three were no sooner done, on two cores.
  const own = [
    '--selectProjects',
    ...run.projects,
    '--maxWorkers=2',
    '--passWithNoTests',
    '--showSeed',
    '--json',
    `--outputFile=${report}`,
  ];
  const startedAtMs = performance.now();
  console.log(`\n=== ${run.name}: ${run.projects.join(', ')} ===`);
  jest = spawn(process.execPath, [...JEST, ...own, ...args], {
    env: environment(run),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(jest, 'exit');
  const { passed, failed } = countsOf(report);
  total.passed += passed;
  // A suite that cannot be loaded fails no test: jest's own exit code says so.
  total.failed += failed === 0 && code !== 0 ? 1 : failed;
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0);
  console.log(`=== ${run.name}: ${passed} passed, ${failed} failed in ${seconds} s`);
}

function countsOf(report) {
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    jest?.kill('SIGTERM');
  });
}

try {
  const runs = plan();
  await startServices(runs);
  for (const run of runs) {
    if (!interrupted && run.needs.every((name) => services[name])) await runJest(run);
  }
} catch (error) {
  console.error(error);
  total.failed += 1;
} finally {
  for (const service of Object.values(services)) service?.stop();
  rmSync(results, { recursive: true, force: true });
}
if (interrupted) total.failed += 1;
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
