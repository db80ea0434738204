import { ProduceAcks, Producer, stringSerializers } from '@platformatic/kafka';
import { afterEach, expect, it } from 'vitest';
import { kafkaPrograms } from '../../scripts/services/kafka-programs.mjs';
import { KafkaBroker } from '../../scripts/services/kafka.mjs';
import { createTopic, kafkaBrokers, readTopic } from '../support/kafka.js';
import { until } from '../support/until.js';

const PARTITIONS = 3;
const SENDS = 200;
const MESSAGES_A_SEND = 100;
const AT_ONCE = 4;

let broker: KafkaBroker | undefined;
let producer: Producer<string, string, string, string> | undefined;

afterEach(async () => {
  await producer?.close();
  broker?.stop();
});

function newProducer(brokers: string) {
  producer = new Producer({
    clientId: 'sightline-test',
    bootstrapBrokers: [brokers],
    idempotent: true,
    serializers: stringSerializers,
    connectTimeout: 1000,
    requestTimeout: 10_000,
    // Of an idempotent producer it takes less for "for ever": a send would fail only with the client.
    retries: 2,
    retryDelay: 100,
  });
  return producer;
}

/** Sends what it is told to, each until it is acknowledged. Knows where the broker says that each message is. */
class StubbornSender {
  readonly placeOf = new Map<string, string>();
  failed = 0;
  #next = 0;

  constructor(
    private readonly topic: string,
    private readonly client: Producer<string, string, string, string>,
  ) {}

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#sendAll()));
  }

  async #sendAll(): Promise<void> {
    while (this.#next < SENDS) {
      const send = this.#next++;
      while (!(await this.#acknowledged(send))) this.failed++;
    }
  }

  async #acknowledged(send: number): Promise<boolean> {
    const partition = send % PARTITIONS;
    const keys = Array.from({ length: MESSAGES_A_SEND }, (_, i) => `${send}-${i}`);
    const messages = keys.map((key) => ({ topic: this.topic, partition, key, value: `value of ${key}` }));
    const answer = await this.client.send({ acks: ProduceAcks.ALL, messages }).catch(() => undefined);
    if (!answer) return false;
    expect(answer.offsets).toEqual([{ topic: this.topic, partition, offset: expect.any(BigInt) }]);
    const first = Number(answer.offsets![0].offset);
    keys.forEach((key, i) => this.placeOf.set(key, `${partition}:${first + i}`));
    return true;
  }
}

/** Every acknowledged message has a place of its own, and is what Kafka's own client finds there. */
async function expectAllThere(topic: string, brokers: string, placeOf: Map<string, string>): Promise<void> {
  expect(placeOf.size).toBe(SENDS * MESSAGES_A_SEND);
  expect(new Set(placeOf.values()).size).toBe(placeOf.size);
  const records = await readTopic(topic, brokers);
  const found = new Map(records.map(({ partition, offset, value }) => [`${partition}:${offset}`, value]));
  const missing = [...placeOf].filter(([key, place]) => found.get(place) !== `value of ${key}`);
  expect(missing).toEqual([]);
}

it('finds each acknowledged message once, at the offset that was acknowledged', async () => {
  const topic = await createTopic(PARTITIONS);
  const sender = new StubbornSender(topic, newProducer(kafkaBrokers()));
  await sender.run();
  expect(sender.failed).toBe(0);
  await expectAllThere(topic, kafkaBrokers(), sender.placeOf);
  expect(await readTopic(topic)).toHaveLength(SENDS * MESSAGES_A_SEND);
});

it('loses no acknowledged message when the broker is killed and comes back', async () => {
  broker = await KafkaBroker.make((await kafkaPrograms())!);
  await broker.start();
  const topic = await createTopic(PARTITIONS, undefined, broker.brokers);
  const sender = new StubbornSender(topic, newProducer(broker.brokers));
  const done = sender.run();
  await until(() => sender.placeOf.size > (SENDS * MESSAGES_A_SEND) / 10);
  await broker.restart();
  await done;
  expect(sender.failed).toBeGreaterThan(0);
  await expectAllThere(topic, broker.brokers, sender.placeOf);
});
