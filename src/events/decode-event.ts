import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '../config/config.module.js';
import type { Config } from '../config/settings.js';
import { EventDecoder, type Decoded, type RecordSource } from '../core/ports/record-decoder.js';
import type { NewEvent } from '../core/records/event.js';
import { ownFields } from '../core/records/record-format.js';
import { prepareEvent, type PrepareContext } from './prepare-event.js';

/** By the very rules of POST /api/v1/ingest. */
@Injectable()
export class ApiEventDecoder extends EventDecoder {
  private readonly maxBytes: number;

  constructor(@Inject(CONFIG) { maxEventKb }: Pick<Config, 'maxEventKb'>) {
    super();
    this.maxBytes = maxEventKb * 1024;
  }

  decode(raw: unknown, source: RecordSource, checkText: boolean): Decoded<NewEvent> {
    if (source !== 'own') return prepared(raw, { ...source, maxBytes: this.maxBytes, checkText });
    const own = ownFields(raw);
    if ('errors' in own) return own;
    const { projectId, receivedAt, reportedTimestamp } = own;
    const decoded = prepared(raw, { projectId, receivedAt, maxBytes: Infinity, checkText });
    // its timestamp is the time of receipt already
    if (decoded.record && reportedTimestamp !== null) decoded.record.reportedTimestamp = reportedTimestamp;
    return decoded;
  }
}

function prepared(raw: unknown, context: PrepareContext): Decoded<NewEvent> {
  const { event, errors } = prepareEvent(raw, context);
  return event ? { record: event } : { errors };
}
