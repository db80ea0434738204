import { Module } from '@nestjs/common';
import { makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import { EventDecoder } from '../core/record-decoder.js';
import { ApiEventDecoder } from './decode-event.js';
import { ExportController } from './export/export.controller.js';
import { ExportService } from './export/export.service.js';
import { IngestController } from './ingest.controller.js';
import { IngestMetrics } from './ingest-metrics.js';
import { IngestService } from './ingest.service.js';
import { QueryController } from './query.controller.js';
import { QueryService } from './query.service.js';

/** /api/v1: events in, and events as rows and files out. */
@Module({
  controllers: [IngestController, QueryController, ExportController],
  providers: [
    IngestService,
    IngestMetrics,
    QueryService,
    ExportService,
    { provide: EventDecoder, useClass: ApiEventDecoder },
    makeGaugeProvider({ name: 'running_exports', help: 'Exports that are being sent' }),
  ],
  exports: [EventDecoder],
})
export class EventsModule {}
