// `npm run bench:kafka -- [DIST]`: what Kafka between HTTP and the store costs and brings, against direct mode, in one run: the rate
// at which events are acknowledged, the rate at which one worker stores what waits, and the time from an acknowledgement until the
// event is in an answer. Prints a table and writes bench/results/kafka.json. Settings BENCH_*: docs/benchmarks.md.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { kafkaPrograms } from '../scripts/services/kafka-programs.mjs';
import { KafkaBroker } from '../scripts/services/kafka.mjs';
import { CountedServer, processCpuUs } from './counted-server.mjs';
import { ask, KEY, startServer, writeResults } from './harness.mjs';

const dist = process.argv[2] ?? 'dist';
const RECORDS = Number(process.env.BENCH_RECORDS ?? 200_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20);
/** Of the events that are followed from their acknowledgement into an answer. */
const FOLLOWED = { perS: 2000, size: 20, samples: 400, everyMs: 25 };
const POLL_MS = 2;

const broker = await KafkaBroker.make(await kafkaPrograms(), { jvm: [] });
const ended = [];
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => end().finally(() => process.exit(1)));

try {
  await broker.start();
  await measure();
} finally {
  await end();
}

async function measure() {
  const env = { INGEST_MODE: 'kafka', KAFKA_BROKERS: broker.brokers };
  const direct = await CountedServer.start(dist);
  const warm = { seconds: 5 };
  await direct.cost(warm);
  const directly = await direct.cost({ seconds: SECONDS });
  const server = await CountedServer.start(dist, { env });
  await server.send(warm).ended;
  const sent = await acknowledged(server, { seconds: SECONDS });
  const last = await acknowledged(server, { records: RECORDS });
  const drained = await drain(server, sent.records + last.records);
  const followed = await follow(server);
  const rows = [
    { what: 'acknowledged events/s, direct', value: directly.perS },
    { what: 'acknowledged events/s, through Kafka', value: sent.perS, ratio: sent.perS / directly.perS },
    {
      what: 'stored events/s, one worker from Kafka',
      value: drained.perS,
      ratio: drained.perS / directly.perS,
    },
    { what: 'CPU us an event, direct, until counted', value: directly.us },
    { what: 'CPU us an event until acknowledged: server', value: sent.node },
    { what: 'CPU us an event until acknowledged: broker', value: sent.broker },
    { what: 'CPU us an event from Kafka into the store: worker', value: drained.node },
    { what: 'CPU us an event from Kafka into the store: PostgreSQL', value: drained.postgres },
    {
      what: `ms from 201 into an answer at ${FOLLOWED.perS}/s, p50`,
      value: followed[Math.floor(followed.length * 0.5)],
    },
    {
      what: `ms from 201 into an answer at ${FOLLOWED.perS}/s, p99`,
      value: followed[Math.floor(followed.length * 0.99)],
    },
  ];
  console.table(
    rows.map(({ what, value, ratio }) => ({ what, value: round(value), 'of direct': ratio && round(ratio) })),
  );
  writeResults('kafka', { dist, rows });
}

/** Sends events to a server in Kafka mode: what that costs it and the broker. */
async function acknowledged(server, load) {
  const before = [server.cpuUs().node, processCpuUs(brokerPid())];
  const { records, records_per_s: perS } = await server.send(load).ended;
  const node = (server.cpuUs().node - before[0]) / records;
  return { records, perS, node, broker: (processCpuUs(brokerPid()) - before[1]) / records };
}

/** Starts a worker and waits until all is stored and counted. Its first second, in which it starts and joins, is not its rate. */
async function drain(server, records) {
  const stored = async () =>
    Number(await server.ask("select coalesce(sum(n), 0) from event_totals where dimension = 'all'")) +
    Number(await server.ask('select coalesce(sum(size), 0) from event_blocks'));
  const begun = await stored();
  const postgresUs = server.cpuUs().postgres;
  const env = { KAFKA_BROKERS: broker.brokers, API_KEYS: '' };
  const worker = await startServer(server.data.dataDir, { dist, env, command: 'worker' });
  ended.push(() => worker.stop());
  const startUs = processCpuUs(worker.pid);
  let first = begun;
  while (first === begun) {
    await delay(POLL_MS * 10);
    first = await stored();
  }
  const startedMs = performance.now();
  let now = first;
  const total = begun + records;
  while (now < total) {
    await delay(100);
    now = await stored();
  }
  const seconds = (performance.now() - startedMs) / 1000;
  await server.untilCounted();
  return {
    perS: (now - first) / seconds,
    node: (processCpuUs(worker.pid) - startUs) / records,
    postgres: (server.cpuUs().postgres - postgresUs) / records,
  };
}

/** Milliseconds until an event that was acknowledged is in an answer, while others come in; sorted. */
async function follow(server) {
  const load = server.send({ perS: FOLLOWED.perS, size: FOLLOWED.size, connections: 2 });
  const samples = [];
  for (let n = 0; n < FOLLOWED.samples; n++) {
    const event_id = `followed-${n}`;
    await fetch(`${server.url}/api/v1/ingest`, {
      method: 'POST',
      headers: { 'x-api-key': KEY, 'content-type': 'application/json' },
      body: JSON.stringify({ event_id, event_type: 'behavioral', event_name: 'followed' }),
    });
    const acknowledgedMs = performance.now();
    while ((await ask(`${server.url}/api/v1/events/${event_id}`).catch(() => null)) === null)
      await delay(POLL_MS);
    samples.push(performance.now() - acknowledgedMs);
    await delay(FOLLOWED.everyMs);
  }
  await load.stop();
  return samples.sort((a, b) => a - b);
}

function brokerPid() {
  const port = broker.brokers.split(':').at(-1);
  const isBroker = (pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      return command.includes('kafka.Kafka') && readFileSync(command.at(-2), 'utf8').includes(port);
    } catch {
      return false;
    }
  };
  return readdirSync('/proc').find((name) => /^\d+$/.test(name) && isBroker(name));
}

function round(value) {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}

async function end() {
  for (const stop of ended.splice(0)) await stop();
  await CountedServer.removeAll();
  broker.stop();
}
