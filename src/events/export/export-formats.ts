import { stringify } from 'csv-stringify/sync';
import { bytesOf } from '../../core/json/buffers.js';
import { eventPieces, type StoredEvent } from '../../core/records/event.js';

/** In the order of a stored event. `properties` and `device_info` are JSON in one cell; what is null is an empty cell. */
export const CSV_COLUMNS = [
  'id',
  'event_id',
  'event_type',
  'event_name',
  'timestamp',
  'reported_timestamp',
  'properties',
  'device_info',
  'user_id',
  'session_id',
  'app_version',
  'sequence_number',
  'priority',
  'created_at',
  'processed_at',
] as const satisfies (keyof StoredEvent)[];

// csv-stringify checks the first character only, and not for a line feed; some spreadsheets skip white space before a formula.
const HIDDEN_FORMULA = /^[\s\p{Cf}]+[=+\-@\uff1d\uff0b\uff0d\uff20]|^\n/u;

export interface ExportFormat {
  contentType: string;
  /** A page of events as text in UTF-8. */
  bytes(events: readonly StoredEvent[], isFirst: boolean): Buffer;
}

export const EXPORT_FORMATS = {
  ndjson: {
    contentType: 'application/x-ndjson; charset=utf-8',
    bytes: (events) => bytesOf(events.length === 0 ? [] : [...eventPieces(events, '\n'), '\n']),
  },
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    bytes: (events, isFirst) => Buffer.from(csvText(events, isFirst)),
  },
} satisfies Record<string, ExportFormat>;

export type ExportFormatName = keyof typeof EXPORT_FORMATS;

/** Rows of RFC 4180, the first page with a header. Text that a spreadsheet would run gets a `'` in front. */
export function csvText(events: readonly StoredEvent[], isFirst: boolean): string {
  return stringify([...events], {
    columns: CSV_COLUMNS,
    header: isFirst,
    record_delimiter: 'windows',
    quote_record_delimiter: true,
    escape_formulas: true,
    cast: { string: (text) => (HIDDEN_FORMULA.test(text) ? `'${text}` : text) },
  });
}
