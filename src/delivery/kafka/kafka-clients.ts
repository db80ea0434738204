import { setTimeout as delay } from 'node:timers/promises';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Config } from '../../config/settings.js';
import type { AccessStore } from '../../core/ports/access-store.js';
import type { LetterKind } from '../../core/ports/dead-letters.js';
import type { EventStore } from '../../core/ports/event-store.js';
import { LogHealth, type LogState } from '../../core/ports/log.js';
import { LagMonitor, type LagMetrics } from './lag-monitor.js';
import { PartitionFetch } from './partition-fetch.js';
import { LogProducer } from './producer.js';
import { othersOf, Topics } from './topics.js';

const TOPICS_WITHIN_MS = 5_000;

/** The clients of Kafka that a process has, to be stopped with it. */
export class KafkaClients extends LogHealth implements OnApplicationShutdown {
  readonly events: LogProducer;
  readonly access: LogProducer;
  readonly deadLetters: LogProducer;
  readonly topics: Topics;
  private readonly lags: readonly LagMonitor[];

  constructor(
    config: Config,
    lag: LagMetrics['lag'],
    lagSeconds: LagMetrics['lagSeconds'],
    events: EventStore,
    access: AccessStore,
  ) {
    super();
    this.topics = new Topics(config);
    const { kafkaEventsTopic, kafkaAccessTopic } = config;
    this.events = new LogProducer(config, [kafkaEventsTopic], 'events');
    this.access = new LogProducer(config, [kafkaAccessTopic], 'access');
    this.deadLetters = new LogProducer(config, [kafkaEventsTopic, kafkaAccessTopic], 'dead-letters');
    const lagOf = (own: string, kind: LetterKind, store: EventStore | AccessStore) =>
      new LagMonitor(
        [own, ...othersOf(config, kind).map(({ topic }) => topic)],
        new PartitionFetch(config),
        (ids) => store.positions(ids),
        { lag, lagSeconds },
      );
    this.lags = [lagOf(kafkaEventsTopic, 'events', events), lagOf(kafkaAccessTopic, 'access', access)];
  }

  async start(): Promise<void> {
    // On a new broker it takes a moment until the topics are there.
    await Promise.race([this.topics.ready, delay(TOPICS_WITHIN_MS, undefined, { ref: false })]);
    await Promise.all(this.producers.map((producer) => producer.connect()));
    void this.topics.ready.then(() => this.lags.forEach((lag) => lag.start()));
  }

  state(): LogState {
    return this.producers.every(({ isUp }) => isUp) ? 'up' : 'down';
  }

  isConsumed(): boolean {
    return this.lags.every((lag) => lag.isConsumed());
  }

  warnings(): readonly string[] {
    return this.topics.warnings;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.producers, ...this.lags].map((client) => client.stop()));
    await this.topics.stop();
  }

  private get producers(): readonly LogProducer[] {
    return [this.events, this.access, this.deadLetters];
  }
}
