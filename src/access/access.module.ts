import { Module } from '@nestjs/common';
import { makeCounterProvider } from '@willsoto/nestjs-prometheus';
import { AccessIngestController } from './ingest/ingest.controller.js';
import { AccessIngestMetrics } from './ingest/ingest-metrics.js';
import { AccessIngestService } from './ingest/ingest.service.js';
import { UniqueIpsModule } from './unique-ips/unique-ips.module.js';

/** Access entries: POST /logs and POST /upload in; GET /logs, /stats and /analytics out. */
@Module({
  imports: [UniqueIpsModule],
  controllers: [AccessIngestController],
  providers: [
    AccessIngestService,
    AccessIngestMetrics,
    makeCounterProvider({ name: 'access_logs_ingested_total', help: 'Access entries stored' }),
  ],
})
export class AccessModule {}
