// `npm run bench`: everything in one run, interleaved, so that ratios can be quoted. Prints a table and writes
// bench/results/latest.json. Durable settings, the embedded database, load on loopback only.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { attachEmbeddedPostgres } from '../dist/src/storage/embedded/embedded-postgres.js';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5);
const BATCHES = 160;
const SIZE = 500;
const CONNECTIONS = 2;
const FLAGS = ['--max-semi-space-size=16', '--heap-growing-percent=40'];
const KEY = `bench-${randomBytes(16).toString('hex')}`;
const dataDir = mkdtempSync(path.join(tmpdir(), 'sightline-bench-'));
// For root the database runs as another user.
chmodSync(dataDir, 0o755);

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function untilAnswers(url, child) {
  while (child.exitCode === null) {
    const answer = await fetch(url, { method: 'GET' }).catch(() => undefined);
    if (answer) return;
    await delay(10);
  }
  throw new Error(`${url} did not start`);
}

/** Starts the server as `npm start` does, on the built tree; gives the time until it listens. */
async function startServer(port) {
  const started = performance.now();
  const child = spawn(process.execPath, [...FLAGS, 'dist/src/main.js', 'serve'], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: 'node_modules/.cache/node',
      PORT: String(port),
      SERVER_HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      API_KEYS: `bench:default:ingest+query+admin=${KEY}`,
      RATE_LIMIT_BURST: '1000000000',
      RATE_LIMIT_REQUESTS_PER_MINUTE: '1000000000',
      WORKER_POOL_SIZE: String(CONNECTIONS),
    },
  });
  await untilAnswers(`http://127.0.0.1:${port}/readiness`, child);
  return { child, ms: performance.now() - started };
}

async function stop(child) {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

function ensureWrk() {
  try {
    execFileSync('wrk', ['-v'], { stdio: 'ignore' });
  } catch (error) {
    if (error.code !== 'ENOENT') return;
    execFileSync('apt-get', ['install', '-y', '-qq', 'wrk'], { stdio: 'ignore' });
  }
}

function wrk(url) {
  const args = ['-t1', '-c64', `-d${SECONDS}`, '-s', 'bench/single.lua', url];
  return new Promise((resolve, reject) => {
    const child = spawn('wrk', args, { env: { ...process.env, BENCH_KEY: KEY } });
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.once('exit', () => {
      const rate = /Requests\/sec:\s+([\d.]+)/.exec(out)?.[1];
      if (!rate || out.includes('Non-2xx')) reject(new Error(out));
      else resolve(Number(rate));
    });
  });
}

async function script(name, ...args) {
  const child = spawn(process.execPath, [`bench/${name}`, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
  return JSON.parse(out);
}

function rssMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const results = { bare: [], single: [], batch: [], direct: [], boot: [] };
let peakRssMb = 0;

ensureWrk();
const [port, barePort] = [await freePort(), await freePort()];
const first = await startServer(port);
await stop(first.child);
for (let i = 0; i < 3; i++) {
  const later = await startServer(port);
  results.boot.push(later.ms);
  await stop(later.child);
}
const server = await startServer(port);
const bare = spawn(process.execPath, ['bench/bare-fastify.mjs', String(barePort)], { stdio: 'ignore' });
const sampling = existsSync(`/proc/${server.child.pid}/status`)
  ? setInterval(() => (peakRssMb = Math.max(peakRssMb, rssMb(server.child.pid))), 100)
  : undefined;
try {
  const url = `http://127.0.0.1:${port}`;
  const { url: databaseUrl } = await attachEmbeddedPostgres(dataDir);
  await untilAnswers(`http://127.0.0.1:${barePort}/`, bare);
  // Not counted: the compilers, the caches and the first partitions.
  await wrk(url);
  await wrk(`http://127.0.0.1:${barePort}`);
  // Pairs side by side, and the singles before the batches: what those leave behind (compaction, vacuum) is theirs.
  for (let round = 0; round < ROUNDS; round++) {
    results.bare.push(await wrk(`http://127.0.0.1:${barePort}`));
    results.single.push(await wrk(url));
    console.error(`singles: round ${round + 1} of ${ROUNDS}`);
  }
  for (let round = 0; round < ROUNDS; round++) {
    results.batch.push((await script('http-batches.mjs', url, KEY, BATCHES, SIZE, 4)).events_per_s);
    results.direct.push(
      (await script('direct-append.mjs', databaseUrl, BATCHES, SIZE, CONNECTIONS)).rows_per_s,
    );
    console.error(`batches: round ${round + 1} of ${ROUNDS}`);
  }
  const prepare = await script('prepare-cpu.mjs');
  report(prepare.cpu_ms);
} finally {
  clearInterval(sampling);
  await stop(server.child);
  bare.kill('SIGTERM');
  rmSync(dataDir, { recursive: true, force: true });
}

function report(prepareMs) {
  const ratio = (a, b) => median(a.map((value, i) => value / b[i]));
  const rows = [
    ['batch ingest over HTTP / the same append directly', ratio(results.batch, results.direct), '>= 0.7'],
    ['single ingest / bare Fastify', ratio(results.single, results.bare), '>= 0.4'],
    ['peak RSS of the worker under load, MB', peakRssMb, '<= 250'],
    ['validate and serialise 1,000 events, CPU ms', prepareMs, '<= 10'],
    ['first start to listening, ms', first.ms, '<= 4000'],
    ['later start to listening, ms', median(results.boot), '<= 3000'],
    ['(single ingest, requests/s)', median(results.single), ''],
    ['(bare Fastify, requests/s)', median(results.bare), ''],
    ['(batch ingest, events/s)', median(results.batch), ''],
    ['(direct append, events/s)', median(results.direct), ''],
  ];
  console.table(rows.map(([what, value, wanted]) => ({ what, value: Number(value.toFixed(2)), wanted })));
  mkdirSync('bench/results', { recursive: true });
  const machine = { cpus: cpus().length, model: cpus()[0].model, node: process.version };
  const summary = Object.fromEntries(rows.map(([what, value]) => [what, value]));
  writeFileSync('bench/results/latest.json', JSON.stringify({ machine, summary, results }, null, 2));
}
