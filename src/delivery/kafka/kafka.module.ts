import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import {
  getToken,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge, Histogram } from 'prom-client';
import { AccessLogModule } from '../../access/access-log.module.js';
import type { Config } from '../../config/settings.js';
import { AccessStore } from '../../core/access-store.js';
import { AccessDelivery, Delivery } from '../../core/delivery.js';
import { EventStore } from '../../core/event-store.js';
import { LogConsumers, NoConsumers } from '../../core/log-consumers.js';
import { LogHealth } from '../../core/log-health.js';
import { AccessLogIngest, EventLogIngest } from '../../core/log-ingest.js';
import { ProjectStore } from '../../core/project-store.js';
import { EventLogModule } from '../../events/event-log.module.js';
import { DeadLetterSink } from '../dead-letter-sink.js';
import { DeadLetterTopics } from './dead-letter-topics.js';
import { KafkaClients } from './kafka-clients.js';
import { KafkaConsumers } from './kafka-consumers.js';
import { KafkaAccessDelivery, KafkaDelivery, type LogParts } from './kafka-delivery.js';
import { Topics } from './topics.js';

const DURATIONS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2];
const RECORDS = [1, 5, 10, 50, 100, 250, 500, 1000, 2500, 5000];

const metrics: Provider[] = [
  makeCounterProvider({
    name: 'kafka_records_produced_total',
    help: 'Records that Kafka has acknowledged',
    labelNames: ['topic'],
  }),
  makeHistogramProvider({
    name: 'kafka_produce_duration_seconds',
    help: 'Time until every replica in sync has acknowledged a request',
    buckets: DURATIONS_S,
  }),
  makeCounterProvider({
    name: 'kafka_records_consumed_total',
    help: 'Records taken from Kafka into the store',
    labelNames: ['topic'],
  }),
  makeCounterProvider({
    name: 'kafka_retries_total',
    help: 'Batches from Kafka that could not be stored at once, a time each',
  }),
  makeCounterProvider({
    name: 'kafka_rebalances_total',
    help: 'Changes of the partitions that this process reads',
  }),
  makeCounterProvider({
    name: 'kafka_messages_lost_total',
    help: 'Messages that were gone from Kafka before they were stored: retention, or a broker that lost them',
    labelNames: ['topic'],
  }),
  makeHistogramProvider({
    name: 'kafka_flush_records',
    help: 'Records of one transaction from Kafka',
    buckets: RECORDS,
  }),
  makeGaugeProvider({
    name: 'kafka_consumer_lag',
    help: 'Messages of a partition that are not stored yet',
    labelNames: ['topic', 'partition'],
    aggregator: 'max',
  }),
  makeGaugeProvider({
    name: 'kafka_consumer_lag_seconds',
    help: 'Age of the oldest message of a partition that is not stored yet',
    labelNames: ['topic', 'partition'],
    aggregator: 'max',
  }),
];

/** Kafka between HTTP and the stores: what writes to it (INGEST_MODE=kafka), and what reads it. Loaded only where it is used. */
@Global()
@Module({})
export class KafkaModule {
  static register(config: Config, { consumes }: { consumes: boolean }): DynamicModule {
    const deliveries = config.ingestMode === 'kafka' ? DELIVERIES : [];
    return {
      module: KafkaModule,
      imports: consumes ? [EventLogModule, AccessLogModule] : [],
      providers: [
        ...metrics,
        clients(config),
        partsOf(config),
        ...deliveries,
        consumes ? consumers(config) : NO_CONSUMERS,
      ],
      exports: [LogHealth, LogConsumers, ...(deliveries.length > 0 ? [Delivery, AccessDelivery] : [])],
    };
  }
}

function clients(config: Config): Provider {
  return {
    provide: LogHealth,
    inject: [getToken('kafka_consumer_lag'), getToken('kafka_consumer_lag_seconds'), EventStore, AccessStore],
    useFactory: async (lag: Gauge, lagSeconds: Gauge, events: EventStore, access: AccessStore) => {
      const clients = new KafkaClients(config, new Topics(config), { lag, lagSeconds }, events, access);
      await clients.start();
      return clients;
    },
  };
}

const LOG_PARTS = Symbol('LogParts');

function partsOf(config: Config): Provider {
  return {
    provide: LOG_PARTS,
    inject: [LogHealth, getToken('kafka_records_produced_total'), getToken('kafka_produce_duration_seconds')],
    useFactory: (
      { topics }: KafkaClients,
      produced: Counter<'topic'>,
      duration: Histogram,
    ): Omit<LogParts, 'producer'> => ({ config, topics, metrics: { produced, duration } }),
  };
}

const DELIVERIES: Provider[] = [
  {
    provide: Delivery,
    inject: [LOG_PARTS, LogHealth],
    useFactory: (parts: LogParts, { events }: KafkaClients) =>
      new KafkaDelivery({ ...parts, producer: events }),
  },
  {
    provide: AccessDelivery,
    inject: [LOG_PARTS, LogHealth, AccessStore],
    useFactory: (parts: LogParts, { access }: KafkaClients, store: AccessStore) =>
      new KafkaAccessDelivery({ ...parts, producer: access }, store),
  },
];

const NO_CONSUMERS: Provider = { provide: LogConsumers, useClass: NoConsumers };

function consumers(config: Config): Provider {
  return {
    provide: LogConsumers,
    inject: [
      LogHealth,
      EventLogIngest,
      AccessLogIngest,
      ProjectStore,
      DeadLetterSink,
      getToken('kafka_records_consumed_total'),
      getToken('kafka_retries_total'),
      getToken('kafka_flush_records'),
      getToken('kafka_messages_lost_total'),
      getToken('kafka_rebalances_total'),
    ],
    useFactory: (
      { topics, deadLetters: producer }: KafkaClients,
      events: EventLogIngest,
      access: AccessLogIngest,
      projects: ProjectStore,
      sink: DeadLetterSink,
      consumed: Counter<'topic'>,
      retries: Counter,
      flushRecords: Histogram,
      lost: Counter<'topic'>,
      rebalances: Counter,
    ) =>
      new KafkaConsumers({
        ...{ config, topics, events, access, projects },
        deadLetters: new DeadLetterTopics(producer, sink),
        metrics: { consumed, retries, flushRecords, lost, rebalances },
      }),
  };
}
