import { Injectable } from '@nestjs/common';
import { decodeMessage } from '../../core/log-message.js';
import { AccessStore, type AccessLogBatch } from '../../core/ports/access-store.js';
import type { LogPosition } from '../../core/ports/log-append.js';
import { AccessLogIngest, type DecodedMessage, type LogMessage } from '../../core/ports/log-ingest.js';
import { EntryDecoder } from '../../core/ports/record-decoder.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/records/access-entry.js';
import { ACCESS_FORMAT, encodeEntry } from '../../core/records/record-format.js';
import { UniqueIps } from '../unique-ips/unique-ips.js';
import { AccessIngestMetrics } from './ingest-metrics.js';

/** Access entries from a log into their store. */
@Injectable()
export class StoringAccessLogIngest extends AccessLogIngest {
  readonly kind = 'access';
  readonly encode = encodeEntry;

  constructor(
    private readonly decoder: EntryDecoder,
    private readonly store: AccessStore,
    private readonly uniqueIps: UniqueIps,
    private readonly metrics: AccessIngestMetrics,
  ) {
    super();
  }

  decode(message: LogMessage): DecodedMessage<NewAccessEntry> {
    return decodeMessage(message, ACCESS_FORMAT, ({ format, raw }, source, checkText) =>
      format === 'line' && source !== 'own'
        ? this.decoder.decodeLine(String(raw), source)
        : this.decoder.decode(raw, source, checkText),
    );
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
