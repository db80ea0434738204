// What every benchmark needs: a server as `npm start` runs it on an embedded database of its own, bare Fastify beside it, and load.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=40', '--no-allocation-site-pretenuring'];
/** Database connections for ingest. */
export const CONNECTIONS = 2;
export const KEY = `bench-${randomBytes(16).toString('hex')}`;
export const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
/** Pairs of one second each: a shared machine's speed drifts within seconds, and few long ones would measure that. */
const PAIRS = Number(process.env.BENCH_PAIRS ?? 30);
/** Until V8 has compiled what is hot, and the database has its caches. */
const WARM_S = 8;
/** Another build of the server to run, for comparisons; this one's by default. */
const DIST = process.env.BENCH_DIST ?? 'dist';

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

export function makeDataDir() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'sightline-bench-'));
  // For root the database runs as another user.
  chmodSync(dataDir, 0o755);
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

async function untilAnswers(url, child) {
  while (child.exitCode === null) {
    const answer = await fetch(url, { method: 'GET' }).catch(() => undefined);
    if (answer) return;
    await delay(10);
  }
  throw new Error(`${url} did not start`);
}

/** Starts the server as `npm start` does, or a worker, on the built tree; `ms` is the time until it listens. */
export async function startServer(
  dataDir,
  { port = 0, dist = DIST, env = {}, flags = FLAGS, command = 'serve' } = {},
) {
  const bound = port || (await freePort());
  const started = performance.now();
  const child = spawn(process.execPath, [...flags, path.join(dist, 'src/main.js'), command], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      MALLOC_ARENA_MAX: '1',
      MALLOC_MMAP_THRESHOLD_: '131072',
      [command === 'worker' ? 'WORKER_PORT' : 'PORT']: String(bound),
      SERVER_HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      API_KEYS: `bench:default:ingest+query+admin=${KEY}`,
      RATE_LIMIT_BURST: '1000000000',
      RATE_LIMIT_REQUESTS_PER_MINUTE: '1000000000',
      WORKER_POOL_SIZE: String(CONNECTIONS),
      ...env,
    },
  });
  const url = `http://127.0.0.1:${bound}`;
  await untilAnswers(`${url}/readiness`, child);
  return { url, pid: child.pid, ms: performance.now() - started, stop: () => stop(child) };
}

/** Fastify alone: routes that parse the same bodies and answer the same. */
export async function startBare() {
  const port = await freePort();
  const child = spawn(process.execPath, ['bench/bare-fastify.mjs', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url, child);
  return { url, stop: () => stop(child) };
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
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

ensureWrk();

/**
 * Rates of servers that take turns, a second each: for each url those of all turns, after one that is not counted. `settle` is
 * waited for after each turn: what a server does later is not to cost the next one its turn.
 */
export async function takeTurns(urls, kind, settle = async () => {}) {
  const turn = async (i, seconds) => {
    const rate = await wrk(urls[i], kind, seconds);
    await settle(i);
    return rate;
  };
  for (const i of urls.keys()) await turn(i, WARM_S);
  const rates = urls.map(() => []);
  for (let pair = 0; pair < PAIRS; pair++) {
    for (const i of urls.keys()) rates[i].push(await turn(i, 1));
  }
  return rates;
}

async function wrk(url, kind, seconds) {
  return (await load(url, kind, seconds)).rate;
}

/** Requests over 64 connections, how many and how many a second; `kind` as bench/requests.lua names it. */
export function load(url, kind, seconds) {
  const args = ['-t1', '-c64', `-d${seconds}`, '-s', 'bench/requests.lua', url];
  return new Promise((resolve, reject) => {
    const child = spawn('wrk', args, { env: { ...process.env, BENCH_KEY: KEY, BENCH_KIND: kind } });
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.once('exit', () => {
      const requests = /(\d+) requests in/.exec(out)?.[1];
      const rate = /Requests\/sec:\s+([\d.]+)/.exec(out)?.[1];
      if (!rate || out.includes('Non-2xx')) reject(new Error(out));
      else resolve({ requests: Number(requests), rate: Number(rate) });
    });
  });
}

/** Runs a script of this folder and gives the JSON that it prints. */
export const script = (name, ...args) => startScript(name, ...args).ended;

/** The same, to be ended by `stop`. */
export function startScript(name, ...args) {
  const child = spawn(process.execPath, ['--expose-gc', `bench/${name}`, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => (out += chunk));
  const ended = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`${name} ended with ${code}`);
    return JSON.parse(out);
  });
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { ended, stop };
}

/** Asks a URL with the key of the benchmarks; nothing of the answer is from the cache. @param refusal a status that will do too */
export async function ask(url, refusal = 200) {
  const answer = await fetch(url, { headers: { 'x-api-key': KEY, 'cache-control': 'no-cache' } });
  const body = await answer.text();
  if (answer.status !== 200 && answer.status !== refusal) throw new Error(`${url}: ${body}`);
}

/** Milliseconds that `work` takes. */
export async function millisOf(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** The same of many times, after `warm` that do not count; of fewer where all take longer than `withinMs`. */
export async function timesOf(work, { warm, times, withinMs = Infinity }) {
  const measured = [];
  const begun = performance.now();
  for (let i = -warm; i < times && (i <= 0 || performance.now() - begun < withinMs); i++) {
    const ms = await millisOf(work);
    if (i >= 0) measured.push(ms);
  }
  return measured;
}

/** Watches the memory of a process, where the system tells it. */
export function watchRss(pid) {
  const file = `/proc/${pid}/status`;
  const watch = { peakMb: 0, stop: () => clearInterval(timer) };
  const sample = () => {
    // It may end first, with what is broken off.
    if (!existsSync(file)) return;
    const kb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
    watch.peakMb = Math.max(watch.peakMb, kb / 1024);
  };
  const timer = existsSync(file) ? setInterval(sample, 100) : undefined;
  return watch;
}

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Of pairs that ran side by side. */
export const ratio = (a, b) => median(a.map((value, i) => value / b[i]));

/** Prints a table and writes bench/results/NAME.json. Rows: what, value, what is wanted. */
export function report(name, rows, results) {
  console.table(rows.map(([what, value, wanted]) => ({ what, value: Number(value.toFixed(2)), wanted })));
  writeResults(name, { summary: Object.fromEntries(rows.map(([what, value]) => [what, value])), results });
}

/** Writes bench/results/NAME.json, and says on what it was measured. */
export function writeResults(name, found) {
  mkdirSync('bench/results', { recursive: true });
  const machine = { cpus: cpus().length, model: cpus()[0].model, node: process.version };
  writeFileSync(`bench/results/${name}.json`, JSON.stringify({ machine, ...found }, null, 2));
}
