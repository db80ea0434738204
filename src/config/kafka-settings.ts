import { bool, choice, int, numberOrOff, secret, setting, splitList, text, type Told } from './setting.js';

const BROKER = /^([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/;
const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;
const SOURCE = /^([A-Za-z0-9._-]{1,249})=(lines|access|events)(?::(.+))?$/;

/** How the messages of a topic that somebody else writes are read. */
export type SourceFormat = 'lines' | 'access' | 'events';

/** A topic that somebody else writes. */
export interface KafkaSource {
  topic: string;
  format: SourceFormat;
  /** The project that its records belong to. */
  project: string;
}

/** `HOST:PORT`, several by comma. */
function brokers(env: string, told: Told) {
  const accepts = 'HOST:PORT, or several separated by commas';
  const isPort = (broker: string) => Number(BROKER.exec(broker)?.[2] ?? 0) - 1 < 65_535;
  const parse = (raw: string) => {
    const found = splitList(raw);
    if (found.length > 0 && found.every((broker) => BROKER.test(broker) && isPort(broker))) return found;
    throw new Error(`must be ${accepts}`);
  };
  return setting<readonly string[]>(env, [], accepts, parse, told);
}

function topic(env: string, fallback: string, told: Told) {
  const accepts = 'a topic name of 1 to 249 letters, digits, dots, underscores or hyphens';
  const parse = (raw: string) => {
    if (TOPIC.test(raw)) return raw;
    throw new Error(`must be ${accepts}`);
  };
  return setting(env, fallback, accepts, parse, told);
}

function sources(env: string, told: Told) {
  const accepts =
    'TOPIC=FORMAT or TOPIC=FORMAT:PROJECT, with FORMAT lines, access or events, separated by commas';
  const parse = (raw: string) =>
    splitList(raw).map((item) => {
      const [, name, format, project = 'default'] = SOURCE.exec(item) ?? [];
      if (name === undefined) throw new Error(`must be ${accepts}`);
      return { topic: name, format: format as SourceFormat, project };
    });
  return setting<readonly KafkaSource[]>(env, [], accepts, parse, { ...told, blankCounts: true });
}

/** Kafka between HTTP and the stores. */
export const kafka = {
  kafkaBrokers: brokers('KAFKA_BROKERS', {
    help: 'Kafka brokers to connect to first; INGEST_MODE=kafka and `sightline worker` need them.',
  }),
  kafkaEventsTopic: topic('KAFKA_EVENTS_TOPIC', 'sightline.events', { help: 'Topic of events.' }),
  kafkaAccessTopic: topic('KAFKA_ACCESS_TOPIC', 'sightline.access', { help: 'Topic of access entries.' }),
  kafkaGroup: text('KAFKA_GROUP', 'sightline', { help: 'Consumer group of the workers.' }),
  kafkaWorker: bool('KAFKA_WORKER', false, {
    help: 'Let the server also consume the topics, so that one process is enough; otherwise `sightline worker` does.',
  }),
  workerPort: int('WORKER_PORT', 8081, [0, 65_535], {
    help: 'Port of `sightline worker` for health and metrics; 0 picks a free one.',
  }),
  kafkaSources: sources('KAFKA_SOURCES', {
    help: 'Topics that others write, to be consumed too. `lines`: RFC3339 IP METHOD PATH STATUS LATENCYms, one or a JSON array of them; `access` and `events`: a JSON object, an array of them, or NDJSON.',
  }),
  kafkaCreateTopics: bool('KAFKA_CREATE_TOPICS', true, { help: 'Create topics that do not exist.' }),
  kafkaPartitions: int('KAFKA_PARTITIONS', 6, [1, 10_000], {
    help: 'Partitions of topics that are created; at most so many workers share the work.',
  }),
  kafkaReplicationFactor: int('KAFKA_REPLICATION_FACTOR', 0, [0, 32], {
    help: "Replication factor of topics that are created; 0 means the broker's default.",
  }),
  kafkaMinInsyncReplicas: int('KAFKA_MIN_INSYNC_REPLICAS', 0, [0, 32], {
    help: "min.insync.replicas of topics that are created; 0 means the broker's default.",
  }),
  kafkaRetentionHours: numberOrOff('KAFKA_RETENTION_HOURS', 168, [0.01, 876_000], {
    help: "Hours that messages of topics that are created are kept, consumed or not; 0 means the broker's default.",
  }),
  kafkaSaslMechanism: choice(
    'KAFKA_SASL_MECHANISM',
    'none',
    ['none', 'plain', 'scram-sha-256', 'scram-sha-512'] as const,
    { help: 'How to authenticate to Kafka.' },
  ),
  kafkaSaslUsername: text('KAFKA_SASL_USERNAME', '', { help: 'Kafka user.' }),
  kafkaSaslPassword: secret('KAFKA_SASL_PASSWORD', { help: 'Password of the Kafka user.' }),
  kafkaTls: bool('KAFKA_TLS', false, { help: 'Connect to Kafka over TLS.' }),
  kafkaTlsCaFile: text('KAFKA_TLS_CA_FILE', '', {
    help: "PEM CA certificates that the brokers' are verified against; blank means those that Node.js trusts.",
  }),
  kafkaTlsCertFile: text('KAFKA_TLS_CERT_FILE', '', {
    help: 'PEM client certificate; together with KAFKA_TLS_KEY_FILE.',
  }),
  kafkaTlsKeyFile: text('KAFKA_TLS_KEY_FILE', '', { help: 'PEM private key of the client certificate.' }),
};
