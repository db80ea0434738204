import { Module } from '@nestjs/common';
import { makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { EventLogModule } from './event-log.module.js';
import { ExportController } from './export/export.controller.js';
import { ExportService } from './export/export.service.js';
import { IngestController } from './ingest.controller.js';
import { IngestService } from './ingest.service.js';
import { QueryController } from './query.controller.js';
import { QueryService } from './query.service.js';

/** /api/v1: events in, and events as rows and files out. */
@Module({
  imports: [EventLogModule],
  controllers: [IngestController, QueryController, ExportController],
  providers: [
    IngestService,
    QueryService,
    ExportService,
    makeGaugeProvider({ name: 'running_exports', help: 'Exports that are being sent' }),
  ],
  exports: [EventLogModule],
})
export class EventsModule {}
