import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Admin, ConfigResourceTypes } from '@platformatic/kafka';
import type { KafkaSource } from '../../config/kafka-settings.js';
import type { Config } from '../../config/settings.js';
import type { LetterKind } from '../../core/ports/dead-letters.js';
import { HOUR_MS } from '../../core/time.js';
import { clientOptions, hasApiError, reasonOf } from './client.js';

const RETRY_MS = 500;
/** Of dead letters: each is looked at one by one, and order means nothing. */
const DEAD_LETTER_PARTITIONS = 1;

/** The topics that others write, with records of one kind. */
export function othersOf({ kafkaSources }: Config, kind: LetterKind): KafkaSource[] {
  return kafkaSources.filter(({ format }) => (format === 'events') === (kind === 'events'));
}

export function deadLetterTopic(topic: string): string {
  return `${topic}.dlq`;
}

/** The topics that the settings name: made where they are missing, and found out how durable they are. */
export class Topics {
  private readonly logger = new Logger('Kafka');
  private readonly admin: Admin;
  private readonly stopping = new AbortController();
  private partitions: ReadonlyMap<string, number> = new Map();
  /** What a 2xx is worth where a broker may be lost. */
  warnings: readonly string[] = [];
  /** Resolves once all are there, however long the broker is away; never where it stops before. */
  readonly ready: Promise<void>;

  constructor(private readonly config: Config) {
    this.admin = new Admin(clientOptions(config, 'topics'));
    this.ready = this.prepare();
  }

  /** How many a topic has; undefined until all are ready. */
  partitionsOf(name: string): number | undefined {
    return this.partitions.get(name);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.admin.close();
  }

  private async prepare(): Promise<void> {
    for (let told = false; ; told = true) {
      try {
        await this.makeMissing();
        const { topics } = await this.admin.metadata({ topics: this.read, forceUpdate: true });
        this.warnings = await this.findDoubts();
        for (const warning of this.warnings) this.logger.warn(warning);
        this.partitions = new Map([...topics].map(([name, topic]) => [name, topic.partitionsCount]));
        return;
      } catch (error) {
        if (this.stopping.signal.aborted) return new Promise(() => undefined);
        if (!told) this.logger.warn(`waiting for the topics: ${reasonOf(error)}`);
        await delay(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private get own(): string[] {
    return [this.config.kafkaEventsTopic, this.config.kafkaAccessTopic];
  }

  private get read(): string[] {
    return [...this.own, ...this.config.kafkaSources.map(({ topic }) => topic)];
  }

  private async makeMissing(): Promise<void> {
    if (!this.config.kafkaCreateTopics) return;
    const there = new Set(await this.admin.listTopics());
    for (const name of this.read) {
      await this.make(name, this.config.kafkaPartitions, there);
      await this.make(deadLetterTopic(name), DEAD_LETTER_PARTITIONS, there);
    }
  }

  private async make(name: string, partitions: number, there: ReadonlySet<string>): Promise<void> {
    if (there.has(name)) return;
    const {
      kafkaReplicationFactor: replicas,
      kafkaMinInsyncReplicas: min,
      kafkaRetentionHours,
    } = this.config;
    const configs = [
      ...(kafkaRetentionHours > 0
        ? [{ name: 'retention.ms', value: String(Math.round(kafkaRetentionHours * HOUR_MS)) }]
        : []),
      ...(min > 0 ? [{ name: 'min.insync.replicas', value: String(min) }] : []),
    ];
    try {
      await this.admin.createTopics({ topics: [name], partitions, replicas: replicas || -1, configs });
      this.logger.log(`made the topic ${name} with ${partitions} partitions`);
    } catch (error) {
      // another process was faster
      if (!hasApiError(error, 'TOPIC_ALREADY_EXISTS')) throw error;
    }
  }

  private async findDoubts(): Promise<string[]> {
    const { topics } = await this.admin.metadata({ topics: this.own, forceUpdate: true });
    const resources = this.own.map((resourceName) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName,
      configurationKeys: ['min.insync.replicas'],
    }));
    const configs = await this.admin.describeConfigs({ resources });
    return this.own.flatMap((name) => {
      const replicas = Math.min(
        ...topics.get(name)!.partitions.map((partition) => partition.replicas.length),
      );
      const found = configs.find(({ resourceName }) => resourceName === name);
      return doubtsOf(name, replicas, Number(found?.configs[0]?.value ?? 1));
    });
  }
}

function doubtsOf(topic: string, replicas: number, minInsync: number): string[] {
  if (replicas === 1) {
    return [
      `the topic ${topic} has one replica: if its broker's machine crashes, acknowledged records that are not consumed yet may be lost`,
    ];
  }
  if (minInsync > 1) return [];
  return [
    `the topic ${topic} has min.insync.replicas=1: while only one replica is in sync, acknowledged records that are not consumed yet may be lost with it`,
  ];
}
