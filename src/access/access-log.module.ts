import { Module } from '@nestjs/common';
import { makeCounterProvider } from '@willsoto/nestjs-prometheus';
import { AccessLogIngest } from '../core/ports/log-ingest.js';
import { EntryDecoder } from '../core/ports/record-decoder.js';
import { ApiEntryDecoder } from './decode-entry.js';
import { AccessIngestMetrics } from './ingest/ingest-metrics.js';
import { StoringAccessLogIngest } from './ingest/log-ingest.js';
import { UniqueIpsModule } from './unique-ips/unique-ips.module.js';

/** Access entries that come otherwise than by HTTP. */
@Module({
  imports: [UniqueIpsModule],
  providers: [
    AccessIngestMetrics,
    makeCounterProvider({ name: 'access_logs_ingested_total', help: 'Access entries stored' }),
    { provide: EntryDecoder, useClass: ApiEntryDecoder },
    { provide: AccessLogIngest, useClass: StoringAccessLogIngest },
  ],
  exports: [AccessIngestMetrics, EntryDecoder, AccessLogIngest],
})
export class AccessLogModule {}
