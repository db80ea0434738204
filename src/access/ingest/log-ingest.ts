import { Injectable } from '@nestjs/common';
import type { AccessReceipt, NewAccessEntry } from '../../core/access-entry.js';
import { AccessStore, type AccessLogBatch } from '../../core/access-store.js';
import { mayHoldUnstorableText } from '../../core/json.js';
import type { LogPosition } from '../../core/log-append.js';
import { AccessLogIngest, type DecodedMessage, type LogMessage } from '../../core/log-ingest.js';
import { refusedMessage, refusedRecord, splitMessage, type RawRecord } from '../../core/log-message.js';
import { EntryDecoder, type DecodedEntry } from '../../core/record-decoder.js';
import { ACCESS_FORMAT, encodeEntry } from '../../core/record-format.js';
import { UniqueIps } from '../unique-ips/unique-ips.js';
import { AccessIngestMetrics } from './ingest-metrics.js';

/** Access entries from a log into their store. */
@Injectable()
export class StoringAccessLogIngest extends AccessLogIngest {
  readonly kind = 'access';

  constructor(
    private readonly decoder: EntryDecoder,
    private readonly store: AccessStore,
    private readonly uniqueIps: UniqueIps,
    private readonly metrics: AccessIngestMetrics,
  ) {
    super();
  }

  decode(message: LogMessage): DecodedMessage<NewAccessEntry> {
    const { format, projectId, value, writtenAt } = message;
    const split = splitMessage(value, format, ACCESS_FORMAT);
    if (split.problem !== undefined) {
      return { records: [], indexes: [], refused: [refusedMessage(message, split.problem)] };
    }
    const decoded: DecodedMessage<NewAccessEntry> = {
      records: [],
      indexes: [],
      refused: [],
      once: split.once,
    };
    const checkText = mayHoldUnstorableText(value);
    const others = { projectId: projectId ?? 0, receivedAt: writtenAt };
    const decode = ({ format, raw, error }: RawRecord): DecodedEntry => {
      if (error) return { errors: [error] };
      if (format === 'line') return this.decoder.decodeLine(String(raw), others);
      return this.decoder.decode(raw, format === 'own_record' ? 'own' : others, checkText);
    };
    split.records.forEach((record, index) => {
      const { entry, errors } = decode(record);
      if (entry) {
        decoded.records.push(entry);
        decoded.indexes.push(index);
      } else decoded.refused.push(refusedRecord(record, index, message, errors));
    });
    return decoded;
  }

  encode(entry: NewAccessEntry): string {
    return encodeEntry(entry);
  }

  async append(batch: AccessLogBatch): Promise<readonly AccessReceipt[]> {
    for (const entry of batch.records) {
      if (entry.ip !== null) entry.upsertIp = this.uniqueIps.needsUpsert(entry.projectId, entry.ip);
    }
    return this.uniqueIps.during(async () => {
      const receipts = await this.store.appendFrom(batch);
      this.metrics.outcomes(receipts);
      // none where the request was stored before
      if (receipts.length > 0) this.uniqueIps.takeReceipts(batch.records, receipts);
      return receipts;
    });
  }

  positions(topicIds: readonly string[]): Promise<LogPosition[]> {
    return this.store.positions(topicIds);
  }
}
