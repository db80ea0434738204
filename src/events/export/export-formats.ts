import { encoded } from '../../core/buffers.js';
import { eventPieces, type StoredEvent } from '../../core/event.js';
import { csvText } from './csv.js';

export interface ExportFormat {
  contentType: string;
  /** A page of events as text in UTF-8. */
  bytes(events: readonly StoredEvent[], isFirst: boolean): Buffer;
}

export const EXPORT_FORMATS = {
  ndjson: {
    contentType: 'application/x-ndjson; charset=utf-8',
    bytes: (events) => encoded(events.length === 0 ? [] : [...eventPieces(events, '\n'), '\n']),
  },
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    bytes: (events, isFirst) => Buffer.from(csvText(events, isFirst)),
  },
} satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof EXPORT_FORMATS;
