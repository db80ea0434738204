import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import type { RecordError } from '../api/record-schema.js';
import { EVENT_TYPES, PRIORITIES, type NewEvent, type Receipt } from '../core/event.js';
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
    // From the start: an increase from nothing to 1 is none to Prometheus, and alerts fire on what is absent.
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
    else this.rejected.inc();
  }

  outcomes(events: readonly NewEvent[], receipts: readonly Receipt[]): void {
    const stored = new Map<string, { event: NewEvent; n: number }>();
    let duplicates = 0;
    receipts.forEach((receipt, i) => {
      if (receipt.outcome === 'duplicate') duplicates++;
      if (receipt.outcome === 'rejected') this.rejected.inc();
      if (receipt.outcome !== 'stored') return;
      const event = events[i];
      const label = `${event.eventType} ${event.priority}`;
      const seen = stored.get(label);
      if (seen) seen.n++;
      else stored.set(label, { event, n: 1 });
    });
    if (duplicates > 0) this.duplicates.inc(duplicates);
    for (const { event, n } of stored.values()) {
      this.ingested.inc({ event_type: event.eventType, priority: event.priority }, n);
    }
  }

  /** One event, for whatever reasons. */
  refused(errors: readonly RecordError[]): void {
    this.rejected.inc();
    for (const { field, type } of errors) {
      const [top] = field.split(/[.[]/, 1);
      // Clients choose what lies below it, and the names of fields that are none of ours.
      this.validationErrors.inc({ field: FIELDS.has(top) ? top : 'event', error_type: type });
    }
  }
}
