import { Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import {
  getToken,
  makeCounterProvider,
  makeGaugeProvider,
  makeHistogramProvider,
} from '@willsoto/nestjs-prometheus';
import { AccessLogModule } from '../../access/access-log.module.js';
import { CONFIG } from '../../config/config.module.js';
import type { Config } from '../../config/settings.js';
import { AccessStore } from '../../core/ports/access-store.js';
import { AccessDelivery, Delivery } from '../../core/ports/delivery.js';
import { EventStore } from '../../core/ports/event-store.js';
import { LogConsumers, LogHealth, NoConsumers } from '../../core/ports/log.js';
import { EventLogModule } from '../../events/event-log.module.js';
import { KafkaClients } from './kafka-clients.js';
import { KafkaConsumers } from './kafka-consumers.js';
import { KafkaAccessDelivery, KafkaDelivery, LogMetrics } from './kafka-delivery.js';
import { ConsumerMetrics } from './log-consumer.js';

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

const CLIENTS: Provider = {
  provide: LogHealth,
  inject: [
    CONFIG,
    getToken('kafka_consumer_lag'),
    getToken('kafka_consumer_lag_seconds'),
    EventStore,
    AccessStore,
  ],
  useFactory: async (...made: ConstructorParameters<typeof KafkaClients>) => {
    const clients = new KafkaClients(...made);
    await clients.start();
    return clients;
  },
};

const DELIVERIES: Provider[] = [
  { provide: Delivery, useClass: KafkaDelivery },
  { provide: AccessDelivery, useClass: KafkaAccessDelivery },
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
        ConsumerMetrics,
        LogMetrics,
        CLIENTS,
        ...deliveries,
        { provide: LogConsumers, useClass: consumes ? KafkaConsumers : NoConsumers },
      ],
      exports: [LogHealth, LogConsumers, ...deliveries],
    };
  }
}
