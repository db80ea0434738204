import { Injectable } from '@nestjs/common';
import { Cache } from '../core/cache.js';
import { EventStore } from '../core/event-store.js';
import type { NewEvent, Receipt } from '../core/event.js';
import type { LogBatch, LogPosition } from '../core/log-append.js';
import { EventLogIngest, type DecodedMessage, type LogMessage } from '../core/log-ingest.js';
import { decodeMessage } from '../core/log-message.js';
import { EventDecoder } from '../core/record-decoder.js';
import { encodeEvent, EVENTS_FORMAT } from '../core/record-format.js';
import { IngestMetrics } from './ingest-metrics.js';

/** Events from a log into the store. */
@Injectable()
export class StoringEventLogIngest extends EventLogIngest {
  readonly kind = 'events';
  readonly encode = encodeEvent;

  constructor(
    private readonly decoder: EventDecoder,
    private readonly store: EventStore,
    private readonly cache: Cache,
    private readonly metrics: IngestMetrics,
  ) {
    super();
  }

  decode(message: LogMessage): DecodedMessage<NewEvent> {
    return decodeMessage(message, EVENTS_FORMAT, ({ raw }, source, checkText) =>
      this.decoder.decode(raw, source, checkText),
    );
  }

  async append(batch: LogBatch<NewEvent, Receipt>): Promise<Receipt[]> {
    const receipts = await this.store.appendFrom(batch);
    this.metrics.outcomes(batch.records, receipts);
    const changed = new Set(batch.records.map(({ projectId }) => String(projectId)));
    if (changed.size > 0) await this.cache.invalidate(changed);
    return receipts;
  }

  positions(topicIds: readonly string[]): Promise<LogPosition[]> {
    return this.store.positions(topicIds);
  }
}
