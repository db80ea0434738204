import { Module } from '@nestjs/common';
import { AccessLogModule } from './access-log.module.js';
import { AccessIngestController } from './ingest/ingest.controller.js';
import { AccessIngestService } from './ingest/ingest.service.js';
import { AnalyticsController } from './query/analytics.controller.js';
import { AnalyticsService } from './query/analytics.service.js';
import { AccessCountsController } from './query/counts.controller.js';
import { AccessCountsService } from './query/counts.service.js';
import { LogsController } from './query/logs.controller.js';
import { LogsService } from './query/logs.service.js';
import { AccessStatsController } from './query/stats.controller.js';
import { AccessStatsService } from './query/stats.service.js';
import { UniqueIpsModule } from './unique-ips/unique-ips.module.js';

/** Access entries: POST /logs and POST /upload in; GET /logs, /stats, /analytics and /api/v1/access/* out. */
@Module({
  imports: [AccessLogModule, UniqueIpsModule],
  controllers: [
    AccessIngestController,
    LogsController,
    AccessStatsController,
    AccessCountsController,
    AnalyticsController,
  ],
  providers: [AccessIngestService, LogsService, AccessStatsService, AccessCountsService, AnalyticsService],
  exports: [AccessLogModule],
})
export class AccessModule {}
