import { Global, Inject, Module } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { AccessDelivery, Delivery } from '../core/delivery.js';
import { DeadLetterSink } from './dead-letter-sink.js';
import { DirectAccessDelivery, DirectDelivery, FlushMetrics } from './direct/direct-delivery.js';

@Global()
@Module({
  providers: [
    FlushMetrics,
    DeadLetterSink,
    { provide: Delivery, useClass: DirectDelivery },
    { provide: AccessDelivery, useClass: DirectAccessDelivery },
  ],
  exports: [Delivery, AccessDelivery, DeadLetterSink],
})
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
}
