import { Injectable } from '@nestjs/common';
import { Cache } from '../core/cache.js';
import { EventStore } from '../core/event-store.js';
import type { NewEvent, Receipt } from '../core/event.js';
import { mayHoldUnstorableText } from '../core/json.js';
import type { LogBatch, LogPosition } from '../core/log-append.js';
import { EventLogIngest, type DecodedMessage, type LogMessage } from '../core/log-ingest.js';
import { refusedMessage, refusedRecord, splitMessage } from '../core/log-message.js';
import { EventDecoder } from '../core/record-decoder.js';
import { encodeEvent, EVENTS_FORMAT } from '../core/record-format.js';
import { IngestMetrics } from './ingest-metrics.js';

/** Events from a log into the store. */
@Injectable()
export class StoringEventLogIngest extends EventLogIngest {
  readonly kind = 'events';

  constructor(
    private readonly decoder: EventDecoder,
    private readonly store: EventStore,
    private readonly cache: Cache,
    private readonly metrics: IngestMetrics,
  ) {
    super();
  }

  decode(message: LogMessage): DecodedMessage<NewEvent> {
    const { format, projectId, value, writtenAt } = message;
    const split = splitMessage(value, format, EVENTS_FORMAT);
    if (split.problem !== undefined) {
      return { records: [], indexes: [], refused: [refusedMessage(message, split.problem)] };
    }
    const decoded: DecodedMessage<NewEvent> = { records: [], indexes: [], refused: [] };
    const checkText = mayHoldUnstorableText(value);
    const others = { projectId: projectId ?? 0, receivedAt: writtenAt };
    split.records.forEach((record, index) => {
      const source = record.format === 'own_record' ? 'own' : others;
      const { event, errors } = record.error
        ? { errors: [record.error] }
        : this.decoder.decode(record.raw, source, checkText);
      if (event) {
        decoded.records.push(event);
        decoded.indexes.push(index);
      } else decoded.refused.push(refusedRecord(record, index, message, errors));
    });
    return decoded;
  }

  encode(event: NewEvent): string {
    return encodeEvent(event);
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
