import { Injectable } from '@nestjs/common';
import { decodeMessage } from '../core/log-message.js';
import { Cache } from '../core/ports/cache.js';
import { EventStore } from '../core/ports/event-store.js';
import type { LogBatch, LogPosition } from '../core/ports/log-append.js';
import { EventLogIngest, type DecodedMessage, type LogMessage } from '../core/ports/log-ingest.js';
import { EventDecoder } from '../core/ports/record-decoder.js';
import type { NewEvent, Receipt } from '../core/records/event.js';
import { encodeEvent, EVENTS_FORMAT } from '../core/records/record-format.js';
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
