// `npm test -- [--only RUN,…] [--seed=N] [--coverage] [Vitest's own arguments]`: starts the servers that tests need, then Vitest
// once for all runs, which are the projects of vitest.config.mjs. CONTRIBUTING.md says which suite belongs where.
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from './services/chromium.mjs';
import { go } from './services/go.mjs';
import { kafka } from './services/kafka.mjs';
import { mariadb } from './services/mariadb.mjs';
import { pgDump15, postgres15, postgres18 } from './services/postgres.mjs';
import { prometheus } from './services/prometheus.mjs';
import { redis } from './services/redis.mjs';
import { schemathesis } from './services/schemathesis.mjs';

const VITEST = 'node_modules/vitest/vitest.mjs';
const SERVICES = {
  pg18: postgres18,
  pg15: postgres15,
  redis,
  mariadb,
  kafka,
  chromium,
  prometheus,
  schemathesis,
};
const COVERAGE = 'coverage';
/** A suite waits for half of its time: four on two cores. More than four would want more connections than a server takes. */
const WORKERS = Math.min(availableParallelism() * 2, 4);
const args = process.argv.slice(2);
const only = takeOption('--only')?.split(',');
/** Of what tests leave to chance. */
const seed = takeOption('--seed') ?? String(randomInt(2 ** 31));
const isCovered = args.includes('--coverage');
const strict = process.env.REQUIRE_ALL_SERVICES === '1';

/** Which of them each run needs. */
const RUNS = {
  unit: [],
  embedded: [],
  schema: ['pg15'],
  pg18: ['pg18'],
  'pg18+redis': ['pg18', 'redis'],
  pg15: ['pg15'],
  mariadb: ['pg18', 'mariadb'],
  kafka: ['pg18', 'mariadb', 'kafka'],
  openapi: ['pg18', 'schemathesis'],
  browser: ['pg18', 'chromium'],
  observability: ['pg18', 'pg15', 'mariadb', 'kafka', 'prometheus'],
};
/** What coverage counts: all of `src`, in Vitest and in the programs that it starts; other runs run nothing else of it. */
const COVERED = ['unit', 'embedded', 'schema', 'pg18', 'pg18+redis', 'mariadb'];

const services = {};
const total = { passed: 0, failed: 0 };
/** Of the programs that tests start; Vitest counts what runs in itself. */
const coverage = isCovered ? new (await import('./coverage.mjs')).ProgramCoverage() : undefined;
let vitest;
let interrupted = false;

function takeOption(name) {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return undefined;
  const [option, value] = args.splice(at, args[at] === name ? 2 : 1);
  return value ?? option.slice(name.length + 1);
}

function plan() {
  const unknown = only?.find((name) => !(name in RUNS));
  if (unknown) throw new Error(`--only ${unknown}: the runs are ${Object.keys(RUNS).join(', ')}`);
  return only ?? (isCovered ? COVERED : Object.keys(RUNS));
}

/** All at once: what is installed first comes over the network while clusters are made. */
async function startServices(runs) {
  const needed = new Set(runs.flatMap((run) => RUNS[run]));
  await Promise.all([...needed].map(startService));
}

async function startService(name) {
  services[name] = await SERVICES[name]();
  if (services[name]) return;
  console.error(`\n!!! ${name} IS NOT HERE: ${strict ? 'the run fails' : 'its suites are SKIPPED'}\n`);
  if (strict) total.failed += 1;
}

async function environment(runs) {
  return {
    ...process.env,
    PG_DUMP: pgDump15(),
    TEST_POSTGRES_URL: services.pg18?.url ?? '',
    TEST_POSTGRES18_URL: services.pg18?.url ?? '',
    TEST_POSTGRES15_URL: services.pg15?.url ?? '',
    TEST_REDIS_URL: services.redis?.url ?? '',
    TEST_MYSQL_URL: services.mariadb?.url ?? '',
    TEST_KAFKA_BROKERS: services.kafka?.brokers ?? '',
    TEST_CHROMIUM: services.chromium?.program ?? '',
    TEST_SCHEMATHESIS: services.schemathesis?.program ?? '',
    TEST_PROMETHEUS: services.prometheus?.program ?? '',
    TEST_PROGRAM_COVERAGE: coverage?.dir ?? '',
    TEST_SEED: seed,
    TEST_GO: runs.includes('pg18') ? ((await go()) ?? '') : '',
  };
}

async function runVitest(runs) {
  const results = mkdtempSync(path.join(tmpdir(), 'sightline-test-'));
  const report = path.join(results, 'report.json');
  const own = [
    ...runs.flatMap((run) => ['--project', run]),
    `--maxWorkers=${WORKERS}`,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  // A group of its own: what its suites have started ends with it.
  vitest = spawn(process.execPath, [VITEST, 'run', ...own, ...args], {
    env: await environment(runs),
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  const [code] = await once(vitest, 'exit');
  endVitest('SIGKILL');
  const { passed, failed } = countsOf(report);
  total.passed += passed;
  // An error that no test waited for fails none: Vitest's own exit code says so.
  total.failed += failed === 0 && code !== 0 ? 1 : failed;
  rmSync(results, { recursive: true, force: true });
  await coverage?.report(COVERAGE);
}

/** With the servers that its suites have started, and that it has left behind where it was ended itself. */
function endVitest(signal) {
  try {
    if (vitest) process.kill(-vitest.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** A file that failed although none of its tests did: it was not loaded, or a hook of its own failed. */
const isBroken = ({ status, assertionResults }) =>
  status === 'failed' && assertionResults.every((test) => test.status !== 'failed');

function countsOf(report) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests + testResults.filter(isBroken).length };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    endVitest('SIGTERM');
  });
}

try {
  const runs = plan();
  await startServices(runs);
  const ready = runs.filter((run) => RUNS[run].every((name) => services[name]));
  if (!interrupted && ready.length > 0) await runVitest(ready);
} catch (error) {
  console.error(error);
  total.failed += 1;
} finally {
  coverage?.stop();
  for (const service of Object.values(services)) service?.stop();
}
if (interrupted) total.failed += 1;
console.log(`seed ${seed}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
