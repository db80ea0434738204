import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Admin, ProduceAcks, Producer, stringSerializers } from '@platformatic/kafka';
import { freePort } from './free-port.mjs';
import { kafkaPrograms } from './kafka-programs.mjs';

const START_MS = 120_000;
const POLL_MS = 100;
const LOG_LINES = 20;
/** The second compiler takes longer than it makes good in what is over soon. */
const QUICK = '-XX:TieredStopAtLevel=1';

/** Kafka: TEST_KAFKA_BROKERS, else one of this machine's or Maven's; undefined where there is none. */
export async function kafka() {
  const brokers = process.env.TEST_KAFKA_BROKERS;
  if (brokers) return { brokers, stop: () => undefined };
  const programs = await kafkaPrograms();
  if (!programs) return undefined;
  // Its own group: Ctrl-C must not end it under the suites that still clean up.
  const broker = await KafkaBroker.make(programs, { detached: true });
  await broker.start();
  await takeFirst(broker.brokers);
  return broker;
}

/** What a broker does for the first time takes seconds where much else starts: longer than a server waits for it. */
async function takeFirst(brokers) {
  const client = { clientId: 'sightline-test', bootstrapBrokers: [brokers] };
  const [topic, admin] = ['sightline-test.first', new Admin(client)];
  const producer = new Producer({ ...client, idempotent: true, serializers: stringSerializers });
  try {
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
    await producer.send({ acks: ProduceAcks.ALL, messages: [{ topic, value: '' }] });
  } finally {
    await Promise.all([admin.close(), producer.close()]);
  }
}

/** One node that is broker and controller, with data of its own: it may be killed and started again. */
export class KafkaBroker {
  #child;

  /** @param jvm flags: by default those of a broker that lives for minutes, and whose code is not worth compiling twice. */
  static async make(programs, { detached = false, jvm = [QUICK] } = {}) {
    const broker = new KafkaBroker();
    broker.programs = programs;
    broker.detached = detached;
    broker.jvm = jvm;
    broker.dir = mkdtempSync(path.join(tmpdir(), 'sightline-kafka-'));
    const [port, controller] = [await freePort(), await freePort()];
    broker.brokers = `127.0.0.1:${port}`;
    broker.settings = path.join(broker.dir, 'server.properties');
    writeFileSync(broker.settings, settingsOf(port, controller, path.join(broker.dir, 'data')));
    const id = randomBytes(16).toString('base64url');
    const format = ['format', `--cluster-id=${id}`, '--config', broker.settings, '--standalone'];
    const { status, stderr } = spawnSync(...command(programs, 'kafka.tools.StorageTool', format), {
      encoding: 'utf8',
    });
    if (status !== 0) {
      broker.stop();
      throw new Error(`kafka's storage was not formatted: ${stderr}`);
    }
    return broker;
  }

  /** Resolves once it answers a client. */
  async start() {
    const log = openSync(this.#log, 'a');
    const [java, args] = command(this.programs, 'kafka.Kafka', [this.settings], ['-Xmx512m', ...this.jvm]);
    this.#child = spawn(java, args, {
      cwd: this.dir,
      stdio: ['ignore', log, log],
      detached: this.detached,
    });
    closeSync(log);
    const giveUpAtMs = performance.now() + START_MS;
    while (!(await answers(this.brokers))) {
      if (this.#child.exitCode !== null || performance.now() > giveUpAtMs) {
        const lines = readFileSync(this.#log, 'utf8').trim().split('\n').slice(-LOG_LINES);
        throw new Error(`kafka did not start:\n${lines.join('\n')}`);
      }
      await delay(POLL_MS);
    }
  }

  /** As kill -9 does it: ports and data stay. */
  async kill() {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async restart() {
    await this.kill();
    await this.start();
  }

  stop() {
    this.#child?.kill('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }

  get #log() {
    return path.join(this.dir, 'log');
  }
}

/** Runs one of Kafka's own tools. Resolves to what it wrote. */
export async function kafkaTool(programs, name, args, input = '') {
  const child = spawn(...command(programs, TOOLS[name], args), { stdio: 'pipe' });
  const [out, err] = [[], []];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => err.push(chunk));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${Buffer.concat([...out, ...err])}`);
  return String(Buffer.concat(out));
}

const TOOLS = {
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-console-producer': 'org.apache.kafka.tools.ConsoleProducer',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
};

function command({ java, jars }, mainClass, args, options = ['-Xmx128m', QUICK]) {
  const log = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
  return [java, [...options, '-XX:+UseSerialGC', log, '-cp', `${jars}/*`, mainClass, ...args]];
}

/** Small, and quick to be there again: a restart waits for no session of the node's life before. */
function settingsOf(port, controllerPort, data) {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': data,
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    // Who wants a topic makes it.
    'auto.create.topics.enable': false,
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'log.cleaner.dedupe.buffer.size': 16 * 2 ** 20,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** It knows itself to be the controller: it makes topics. */
async function answers(brokers) {
  const admin = new Admin({
    clientId: 'sightline-test',
    bootstrapBrokers: [brokers],
    retries: 0,
    connectTimeout: 1000,
    requestTimeout: 5000,
  });
  try {
    const { brokers: alive } = await admin.metadata({ topics: [] });
    return alive.size > 0;
  } catch {
    return false;
  } finally {
    await admin.close();
  }
}
