import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { EventDecoder, type DecodedEvent, type RecordSource } from '../core/record-decoder.js';
import { ownFields } from '../core/record-format.js';
import { prepareEvent } from './prepare-event.js';

/** By the very rules of POST /api/v1/ingest. */
@Injectable()
export class ApiEventDecoder extends EventDecoder {
  private readonly maxBytes: number;

  constructor(@Inject(CONFIG) { maxEventKb }: Pick<Config, 'maxEventKb'>) {
    super();
    this.maxBytes = maxEventKb * 1024;
  }

  decode(raw: unknown, source: RecordSource, checkText: boolean): DecodedEvent {
    if (source !== 'own') return prepareEvent(raw, { ...source, maxBytes: this.maxBytes, checkText });
    const own = ownFields(raw);
    if ('errors' in own) return own;
    const { projectId, receivedAt, reportedTimestamp } = own;
    const prepared = prepareEvent(raw, { projectId, receivedAt, maxBytes: Infinity, checkText });
    // its timestamp is the time of receipt already
    if (prepared.event && reportedTimestamp !== null) prepared.event.reportedTimestamp = reportedTimestamp;
    return prepared;
  }
}
