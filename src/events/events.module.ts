import { Module } from '@nestjs/common';
import { IngestController } from './ingest.controller.js';
import { IngestMetrics } from './ingest-metrics.js';
import { IngestService } from './ingest.service.js';
import { QueryController } from './query.controller.js';
import { QueryService } from './query.service.js';

/** /api/v1: events in, and events as rows out. */
@Module({
  controllers: [IngestController, QueryController],
  providers: [IngestService, IngestMetrics, QueryService],
})
export class EventsModule {}
