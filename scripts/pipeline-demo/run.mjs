// `scripts/pipeline-demo.sh`: HTTP -> Kafka -> worker -> PostgreSQL and MariaDB, and the ledger of it. docs/kafka.md
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort } from '../services/free-port.mjs';
import { kafkaPrograms } from '../services/kafka-programs.mjs';
import { KafkaBroker, kafkaTool } from '../services/kafka.mjs';
import { MariadbServer, mariadbProgram } from '../services/mariadb.mjs';
import { metric, number, report } from './report.mjs';

const SIGHTLINE = path.resolve('bin/sightline');
const POLL_MS = 100;
const START_MS = 120_000;
/** So long without a record stored, and it will not come. */
const STUCK_MS = 60_000;
const OTHERS_TOPIC = 'raw-logs';
/** Of the lines of others one in so many is none. */
const BAD_EVERY = 100;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '50000' },
    entries: { type: 'string', default: '100000' },
    lines: { type: 'string', default: '5000' },
  },
});
const [events, entries, lines] = [values.events, values.entries, values.lines].map(Number);
const folder = mkdtempSync(path.join(tmpdir(), 'sightline-demo-'));
// As root the database runs as somebody else.
chmodSync(folder, 0o755);
const keys = { own: randomBytes(24).toString('hex'), others: randomBytes(24).toString('hex') };
const interrupted = new AbortController();
/** How to stop what runs, in the order in which it was started. */
const running = [];

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => interrupted.abort());

function tell(line) {
  console.error(`  ${line}`);
}

/** A process of ours that writes into a log; it is stopped at the end. */
function start(args, env, name) {
  const log = openSync(path.join(folder, `${name}.log`), 'a');
  const child = spawn(SIGHTLINE, args, { env, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  running.push(async () => {
    const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
    child.kill('SIGTERM');
    await ended;
  });
  return child;
}

async function untilReady(url, child, name) {
  const giveUpAtMs = performance.now() + START_MS;
  while (
    !(await fetch(`${url}/readiness`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    interrupted.signal.throwIfAborted();
    if (child.exitCode !== null || performance.now() > giveUpAtMs) {
      throw new Error(
        `the ${name} did not start:\n${readFileSync(path.join(folder, `${name}.log`), 'utf8')}`,
      );
    }
    await delay(POLL_MS);
  }
}

async function startServices() {
  const programs = await kafkaPrograms();
  if (!programs)
    throw new Error('a broker needs Java 17, and Maven to bring it: install both, or set KAFKA_HOME');
  const broker = await KafkaBroker.make(programs, { detached: true });
  running.push(() => broker.stop());
  await broker.start();
  tell(`Kafka      ${broker.brokers}`);
  const mariadb = await startMariadb();
  return { programs, broker, mariadb };
}

async function startMariadb() {
  const program = await mariadbProgram();
  if (!program) return tell('MariaDB    is not here: access entries go to PostgreSQL too');
  const mariadb = await MariadbServer.make(program);
  running.push(() => mariadb.stop());
  await mariadb.start();
  tell(`MariaDB    ${new URL(mariadb.url).host}`);
  return mariadb;
}

async function startPipeline({ broker, mariadb }) {
  const [port, workerPort] = [String(await freePort()), String(await freePort())];
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    SERVER_HOST: '127.0.0.1',
    PORT: port,
    WORKER_PORT: workerPort,
    DATA_DIR: path.join(folder, 'data'),
    API_KEYS: `demo:default:ingest+query+admin=${keys.own},others:others:query=${keys.others}`,
    RATE_LIMIT_BURST: '1000000',
    RATE_LIMIT_REQUESTS_PER_MINUTE: '60000000',
    KAFKA_BROKERS: broker.brokers,
    KAFKA_SOURCES: `${OTHERS_TOPIC}=lines:others`,
    ACCESS_LOG_KEEP: 'errors',
    ...(mariadb && { ACCESS_STORE: 'mysql', MYSQL_URL: await madeDatabase(mariadb.url) }),
  };
  const [server, worker] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${workerPort}`];
  await untilReady(server, start(['serve'], { ...env, INGEST_MODE: 'kafka' }, 'server'), 'server');
  tell(`server     ${server}   INGEST_MODE=kafka`);
  await untilReady(worker, start(['worker'], env, 'worker'), 'worker');
  tell(`worker     ${worker}   ACCESS_LOG_KEEP=errors`);
  return { server, worker, env, keys };
}

async function madeDatabase(url) {
  const { createConnection } = await import('mysql2/promise');
  const connection = await createConnection(url);
  await connection.query('create database sightline');
  await connection.end();
  return `${url}sightline`;
}

/** `sightline generate`; gives its ledger. */
async function generate(kind, count, { server, env }) {
  const options = ['--kind', kind, '--count', String(count), '--rps', '0', '--batch', '500', '--json'];
  const args = ['generate', ...options, '--bad', '0.01', '--target', server, '--key', keys.own];
  const child = spawn(SIGHTLINE, args, {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    signal: interrupted.signal,
  });
  child.on('error', () => undefined);
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  interrupted.signal.throwIfAborted();
  const { sent, rejected, duplicate = 0, unacknowledged, made_copies: copies = 0 } = JSON.parse(output);
  return { sent, refused: rejected, acknowledged: sent - rejected - unacknowledged, copies, duplicate };
}

/** What another program writes to a topic of its own: lines of a web server, and some that are none. */
async function produceLines({ programs, broker }) {
  const now = new Date().toISOString();
  const line = (i) =>
    i % BAD_EVERY === 0
      ? `line ${i}, cut off`
      : `${now} 198.51.100.${i % 250} GET /legacy/${i % 7} 200 ${i % 90}ms`;
  const all = Array.from({ length: lines }, (_, i) => line(i + 1));
  const target = ['--bootstrap-server', broker.brokers, '--topic', OTHERS_TOPIC];
  await kafkaTool(programs, 'kafka-console-producer', target, `${all.join('\n')}\n`);
  return { sent: lines, refused: 0, acknowledged: lines, copies: 0 };
}

/** Waits until the worker has everything, or nothing more comes. */
async function untilStored(expected, { worker }) {
  let before = -1;
  for (let sinceMs = performance.now(); performance.now() - sinceMs < STUCK_MS; await delay(POLL_MS)) {
    interrupted.signal.throwIfAborted();
    const consumed = await metric(worker, 'kafka_records_consumed_total');
    const done = consumed + (await metric(worker, 'dead_letters_total'));
    if (done >= expected) return;
    if (done !== before) sinceMs = performance.now();
    before = done;
  }
}

async function stopAll() {
  for (const stop of running.reverse()) await stop();
  rmSync(folder, { recursive: true, force: true });
}

try {
  const services = await startServices();
  interrupted.signal.throwIfAborted();
  const pipeline = await startPipeline(services);
  tell(
    `sending    ${number(events)} events, ${number(entries)} access entries, ${number(lines)} lines to ${OTHERS_TOPIC}`,
  );
  const startedMs = performance.now();
  const [ofEvents, ofEntries, ofLines] = await Promise.all([
    generate('events', events, pipeline),
    generate('access', entries, pipeline),
    produceLines(services),
  ]);
  const sent = { events: ofEvents, entries: ofEntries, lines: ofLines };
  tell(`acknowledged after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  await untilStored(ofEvents.acknowledged + ofEntries.acknowledged + ofLines.acknowledged, pipeline);
  tell(`stored after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  if (!(await report(sent, pipeline))) process.exitCode = 1;
} catch (error) {
  if (interrupted.signal.aborted) tell('interrupted');
  else console.error(`pipeline-demo: ${error.message}`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
