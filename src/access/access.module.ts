import { Module } from '@nestjs/common';
import { makeCounterProvider } from '@willsoto/nestjs-prometheus';
import { EntryDecoder } from '../core/record-decoder.js';
import { ApiEntryDecoder } from './decode-entry.js';
import { AccessIngestController } from './ingest/ingest.controller.js';
import { AccessIngestMetrics } from './ingest/ingest-metrics.js';
import { AccessIngestService } from './ingest/ingest.service.js';
import { UniqueIpsModule } from './unique-ips/unique-ips.module.js';
import { AnalyticsController } from './query/analytics.controller.js';
import { AnalyticsService } from './query/analytics.service.js';
import { AccessCountsController } from './query/counts.controller.js';
import { AccessCountsService } from './query/counts.service.js';
import { LogsController } from './query/logs.controller.js';
import { LogsService } from './query/logs.service.js';
import { AccessStatsController } from './query/stats.controller.js';
import { AccessStatsService } from './query/stats.service.js';

/** Access entries: POST /logs and POST /upload in; GET /logs, /stats, /analytics and /api/v1/access/* out. */
@Module({
  imports: [UniqueIpsModule],
  controllers: [
    AccessIngestController,
    LogsController,
    AccessStatsController,
    AccessCountsController,
    AnalyticsController,
  ],
  providers: [
    AccessIngestService,
    AccessIngestMetrics,
    makeCounterProvider({ name: 'access_logs_ingested_total', help: 'Access entries stored' }),
    LogsService,
    AccessStatsService,
    AccessCountsService,
    AnalyticsService,
    { provide: EntryDecoder, useClass: ApiEntryDecoder },
  ],
  exports: [EntryDecoder],
})
export class AccessModule {}
