import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';
import type { AccessReceipt } from '../../core/records/access-entry.js';
import type { RecordError } from '../../http/query/record-schema.js';
import { ENTRY_FIELDS } from '../access-entry.schema.js';

const FIELDS = new Set<string>(ENTRY_FIELDS);

/** What the ingest of access entries counts. No label carries what a client sent. */
@Injectable()
export class AccessIngestMetrics {
  constructor(
    @InjectMetric('access_logs_ingested_total') private readonly ingested: Counter,
    @InjectMetric('access_logs_rejected_total') private readonly rejected: Counter,
    @InjectMetric('validation_errors_total') private readonly validationErrors: Counter,
    @InjectMetric('log_batches_received_total') private readonly batches: Counter,
    @InjectMetric('batch_size') private readonly batchSize: Histogram,
  ) {
    for (const endpoint of ['/logs', '/upload']) batchSize.zero({ endpoint });
  }

  batch(endpoint: string, size: number): void {
    this.batches.inc();
    this.batchSize.observe({ endpoint }, size);
  }

  outcomes(receipts: readonly AccessReceipt[]): void {
    let stored = 0;
    let rejected = 0;
    for (const { outcome } of receipts) {
      if (outcome === 'stored') stored++;
      else if (outcome === 'rejected') rejected++;
    }
    this.ingested.inc(stored);
    this.rejected.inc(rejected);
  }

  /** One rejected entry, however many its errors. */
  refused(errors: readonly RecordError[]): void {
    this.rejected.inc();
    for (const { field, type } of errors) {
      // Unknown field names are the client's choice, and must not become labels.
      this.validationErrors.inc({ field: FIELDS.has(field) ? field : 'entry', error_type: type });
    }
  }
}
