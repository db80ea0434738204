import { eventJson, type StoredEvent } from '../../core/event.js';
import { csvText } from './csv.js';

export interface ExportFormat {
  contentType: string;
  /** The text of a page of events. */
  text(events: readonly StoredEvent[], isFirst: boolean): string;
}

export const EXPORT_FORMATS = {
  ndjson: {
    contentType: 'application/x-ndjson; charset=utf-8',
    text: (events) => events.map((event) => `${eventJson(event)}\n`).join(''),
  },
  csv: { contentType: 'text/csv; charset=utf-8; header=present', text: csvText },
} satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof EXPORT_FORMATS;
