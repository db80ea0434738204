import { Global, Inject, Module, type DynamicModule } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { AccessDelivery, Delivery } from '../core/ports/delivery.js';
import { LogConsumers, LogHealth, NoConsumers } from '../core/ports/log.js';
import { DeadLetterSink } from './dead-letter-sink.js';
import { DirectAccessDelivery, DirectDelivery, FlushMetrics } from './direct/direct-delivery.js';

const NO_LOG: LogHealth = { state: () => 'off', isConsumed: () => true, warnings: () => [] };

/** How accepted records reach their stores: at once, or through Kafka. */
@Global()
@Module({})
export class DeliveryModule {
  constructor(
    events: Delivery,
    access: AccessDelivery,
    @InjectMetric('ingest_queue_depth') queueDepth: Gauge,
    @InjectMetric('ingest_queue_limit') queueLimit: Gauge,
    @Inject(CONFIG) config: Config,
  ) {
    queueLimit.set(config.maxInFlightRecords);
    // Read when scraped: nothing to keep up with in between.
    Object.assign(queueDepth, { collect: () => queueDepth.set(events.depth() + access.depth()) });
  }

  /** @param consumes whether this process takes records from Kafka into the stores */
  static async register(config: Config, consumes = config.kafkaWorker): Promise<DynamicModule> {
    const direct = [
      FlushMetrics,
      { provide: Delivery, useClass: DirectDelivery },
      { provide: AccessDelivery, useClass: DirectAccessDelivery },
    ];
    const noKafka = [
      { provide: LogHealth, useValue: NO_LOG },
      { provide: LogConsumers, useClass: NoConsumers },
    ];
    const usesKafka = config.ingestMode === 'kafka' || consumes;
    return {
      module: DeliveryModule,
      imports: usesKafka ? [await kafkaModule(config, consumes)] : [],
      providers: [
        DeadLetterSink,
        ...(config.ingestMode === 'direct' ? direct : []),
        ...(usesKafka ? [] : noKafka),
      ],
      exports: [
        DeadLetterSink,
        ...(config.ingestMode === 'direct' ? [Delivery, AccessDelivery] : []),
        ...(usesKafka ? [] : [LogHealth, LogConsumers]),
      ],
    };
  }
}

// Loaded where it is wanted: its client takes memory of every process.
async function kafkaModule(config: Config, consumes: boolean): Promise<DynamicModule> {
  const { KafkaModule } = await import('./kafka/kafka.module.js');
  return KafkaModule.register(config, { consumes });
}
