import { randomBytes } from 'node:crypto';
import { Admin, ListOffsetTimestamps } from '@platformatic/kafka';
import { kafkaPrograms } from '../../scripts/services/kafka-programs.mjs';
import { kafkaTool } from '../../scripts/services/kafka.mjs';

/** The broker of this run. @throws where there is none */
export function kafkaBrokers(): string {
  const brokers = process.env.TEST_KAFKA_BROKERS;
  if (!brokers) throw new Error('no Kafka: its suites are run by npm test -- --only kafka');
  return brokers;
}

/** Names that no other test has: topics and groups of the tests share one broker. */
export const uniqueName = (prefix: string): string => `${prefix}.${randomBytes(6).toString('hex')}`;

/** A new topic of this name, or of one that no other test has. Resolves to the name. */
export async function createTopic(
  partitions = 1,
  name = uniqueName('test'),
  brokers = kafkaBrokers(),
): Promise<string> {
  await withAdmin(brokers, (admin) => admin.createTopics({ topics: [name], partitions, replicas: 1 }));
  return name;
}

/** For each partition the offset that the next record gets. */
async function endOffsets(topic: string, brokers = kafkaBrokers()): Promise<Map<number, bigint>> {
  return withAdmin(brokers, async (admin) => {
    const metadata = await admin.metadata({ topics: [topic], forceUpdate: true });
    const partitions = metadata.topics.get(topic)!.partitions.map((_, partitionIndex) => ({
      partitionIndex,
      timestamp: ListOffsetTimestamps.LATEST,
    }));
    const [answer] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
    return new Map(answer.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
  });
}

/** Work with a client that is closed after it. */
async function withAdmin<T>(brokers: string, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: 'sightline-test', bootstrapBrokers: brokers.split(',') });
  try {
    return await work(admin);
  } finally {
    await admin.close();
  }
}

/** Settings for servers and workers that share topics which no other test has. */
export function kafkaSettings(partitions = 2): Record<string, string> {
  const name = uniqueName('test');
  return {
    KAFKA_BROKERS: kafkaBrokers(),
    KAFKA_EVENTS_TOPIC: `${name}.events`,
    KAFKA_ACCESS_TOPIC: `${name}.access`,
    KAFKA_GROUP: name,
    KAFKA_PARTITIONS: String(partitions),
  };
}

/** A metric's samples of a process, by their labels as they are written; '' for one that has none. */
export async function samplesOf(url: string, metric: string): Promise<Map<string, number>> {
  const body = await (await fetch(`${url}/metrics`)).text();
  const found = body.matchAll(new RegExp(`^${metric}(?:\\{([^}]*)\\})? (\\S+)$`, 'gm'));
  return new Map([...found].map(([, labels = '', value]) => [labels, Number(value)]));
}

export interface ReadRecord {
  partition: number;
  offset: number;
  key: string;
  value: string;
}

/** Everything in a topic, read by Kafka's own client. Keys and values are to be without tabs and line breaks. */
export async function readTopic(topic: string, brokers = kafkaBrokers()): Promise<ReadRecord[]> {
  const ends = await endOffsets(topic, brokers);
  const count = [...ends.values()].reduce((sum, offset) => sum + offset, 0n);
  const shown = ['print.partition=true', 'print.offset=true', 'print.key=true'];
  const output = await runKafkaTool('kafka-console-consumer', brokers, [
    ...['--topic', topic, '--from-beginning', '--max-messages', String(count)],
    ...shown.flatMap((property) => ['--formatter-property', property]),
  ]);
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [partition, offset, key, value] = line.split('\t');
      return {
        partition: Number(partition.slice('Partition:'.length)),
        offset: Number(offset.slice('Offset:'.length)),
        key: key,
        value: value,
      };
    });
}

/** One of Kafka's own tools against a broker. */
export async function runKafkaTool(
  name: Parameters<typeof kafkaTool>[1],
  brokers: string,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const programs = await kafkaPrograms();
  if (!programs) throw new Error('Kafka is not here: its tools are not either');
  return kafkaTool(programs, name, ['--bootstrap-server', brokers, ...args], input);
}
