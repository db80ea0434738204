import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import {
  EVENT_TYPES,
  PRIORITIES,
  type EventType,
  type NewEvent,
  type Priority,
  type Receipt,
} from '../core/records/event.js';
import type { RecordError } from '../http/query/record-schema.js';
import { EventSchema } from './event.schema.js';

const BATCH_ENDPOINT = '/api/v1/batch-ingest';
const FIELDS = new Set(Object.keys(EventSchema.properties));

/** What ingest counts. No label carries what a client sent. */
@Injectable()
export class IngestMetrics {
  constructor(
    @InjectMetric('logs_ingested_total') private readonly ingested: Counter,
    @InjectMetric('duplicate_events_total') private readonly duplicates: Counter,
    @InjectMetric('logs_rejected_total') private readonly rejected: Counter,
    @InjectMetric('validation_errors_total') private readonly validationErrors: Counter,
    @InjectMetric('log_batches_received_total') private readonly batches: Counter,
    @InjectMetric('batch_size') private readonly batchSize: Histogram,
  ) {
    // Present from the start: Prometheus sees no increase from an absent series to 1, and alerts on absent metrics would fire.
    for (const event_type of EVENT_TYPES) {
      for (const priority of PRIORITIES) ingested.inc({ event_type, priority }, 0);
    }
    batchSize.zero({ endpoint: BATCH_ENDPOINT });
  }

  batch(size: number): void {
    this.batches.inc();
    this.batchSize.observe({ endpoint: BATCH_ENDPOINT }, size);
  }

  outcome({ eventType, priority }: NewEvent, { outcome }: Receipt): void {
    if (outcome === 'stored') this.ingested.inc({ event_type: eventType, priority });
    else if (outcome === 'duplicate') this.duplicates.inc();
    else if (outcome === 'rejected') this.rejected.inc();
  }

  outcomes(events: readonly NewEvent[], receipts: readonly Receipt[]): void {
    // Looking a counter up by its labels costs more than everything else here: done once a batch.
    const stored = new Map<EventType, Record<Priority, number>>();
    let duplicates = 0;
    receipts.forEach(({ outcome }, i) => {
      if (outcome === 'duplicate') duplicates++;
      if (outcome === 'rejected') this.rejected.inc();
      if (outcome !== 'stored') return;
      const { eventType, priority } = events[i];
      let counts = stored.get(eventType);
      if (!counts) stored.set(eventType, (counts = { normal: 0, high: 0 }));
      counts[priority]++;
    });
    if (duplicates > 0) this.duplicates.inc(duplicates);
    for (const [event_type, counts] of stored) {
      for (const priority of PRIORITIES) {
        if (counts[priority] > 0) this.ingested.inc({ event_type, priority }, counts[priority]);
      }
    }
  }

  /** One rejected event, however many its errors. */
  refused(errors: readonly RecordError[]): void {
    this.rejected.inc();
    for (const { field, type } of errors) {
      const [top] = field.split(/[.[]/, 1);
      // Paths below a known field, and unknown field names, are the client's choice and must not become labels.
      this.validationErrors.inc({ field: FIELDS.has(top) ? top : 'event', error_type: type });
    }
  }
}
