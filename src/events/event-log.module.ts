import { Module } from '@nestjs/common';
import { EventLogIngest } from '../core/ports/log-ingest.js';
import { EventDecoder } from '../core/ports/record-decoder.js';
import { ApiEventDecoder } from './decode-event.js';
import { IngestMetrics } from './ingest-metrics.js';
import { StoringEventLogIngest } from './log-ingest.js';

/** Events that come otherwise than by HTTP. */
@Module({
  providers: [
    IngestMetrics,
    { provide: EventDecoder, useClass: ApiEventDecoder },
    { provide: EventLogIngest, useClass: StoringEventLogIngest },
  ],
  exports: [IngestMetrics, EventDecoder, EventLogIngest],
})
export class EventLogModule {}
