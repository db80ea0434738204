import { jsonIn, mayHoldUnstorableText } from '../core/json/json.js';
import {
  describeErrors,
  type DeadLetter,
  type LetterFormat,
  type NewDeadLetter,
} from '../core/ports/dead-letters.js';
import type { Decoded, EntryDecoder, EventDecoder, RecordSource } from '../core/ports/record-decoder.js';
import type { NewAccessEntry } from '../core/records/access-entry.js';
import type { NewEvent } from '../core/records/event.js';
import { ACCESS_FORMAT, EVENTS_FORMAT } from '../core/records/record-format.js';

export interface Decoders {
  events: EventDecoder;
  entries: EntryDecoder;
}

/** Why a letter cannot be replayed as it is. */
export type Failure = Pick<NewDeadLetter, 'reason' | 'message' | 'details'>;

/** One record of a letter, as a text that can be a letter of its own. */
interface Piece {
  format: Exclude<LetterFormat, 'message'>;
  text: string;
}

export interface ReadRecord {
  piece: Piece;
  /** Of the letter's kind. */
  record: NewEvent | NewAccessEntry;
}

export type ReadLetter =
  | {
      records: ReadRecord[];
      /** What of a message is no record that could be stored. */
      refused: (Piece & Failure)[];
      failure?: undefined;
    }
  | { failure: Failure };

/** What a letter holds, by today's rules. */
export function readLetter(letter: DeadLetter, decoders: Decoders): ReadLetter {
  if (letter.isCut) {
    const message = 'only the beginning of what came was kept: it cannot be replayed';
    return { failure: { reason: letter.reason, message, details: [] } };
  }
  const pieces =
    letter.format === 'message' ? split(letter) : [{ format: letter.format, text: letter.payload }];
  if ('reason' in pieces) return { failure: pieces };
  const records: ReadRecord[] = [];
  const refused: (Piece & Failure)[] = [];
  for (const piece of pieces) {
    const read = readPiece(piece, letter, decoders);
    if ('reason' in read) refused.push({ ...piece, ...read });
    else records.push({ piece, record: read });
  }
  if (records.length > 0 || refused.length === 0) return { records, refused };
  const [{ reason, message, details }] = refused;
  return { failure: { reason, message, details } };
}

function readPiece(
  { format, text }: Piece,
  { kind, projectId, failedAt }: DeadLetter,
  { events, entries }: Decoders,
): NewEvent | NewAccessEntry | Failure {
  if (format !== 'own_record' && projectId === null) return invalid('its project is not known');
  const source = { projectId: projectId ?? 0, receivedAt: failedAt };
  if (format === 'line') return recordOf(entries.decodeLine(text, source));
  const raw = jsonIn(text);
  if (raw === undefined) return invalid('is not JSON');
  const from: RecordSource = format === 'own_record' ? 'own' : source;
  const checkText = mayHoldUnstorableText(text);
  return recordOf(
    kind === 'events' ? events.decode(raw, from, checkText) : entries.decode(raw, from, checkText),
  );
}

function recordOf({
  record,
  errors,
}: Decoded<NewEvent | NewAccessEntry>): NewEvent | NewAccessEntry | Failure {
  if (record) return record;
  const details = errors.map(({ field, message }) => ({ field, message }));
  return { reason: 'validation_error', message: describeErrors(errors), details };
}

/** The records of a message; what cannot be split is a failure. */
function split({ kind, payload, projectId }: DeadLetter): Piece[] | Failure {
  const value = jsonIn(payload);
  if (projectId === null) return chunk(value, kind === 'events' ? EVENTS_FORMAT : ACCESS_FORMAT);
  if (value === undefined) return linesOf(payload);
  if (!Array.isArray(value)) return [{ format: 'record', text: payload }];
  return value.map((element: unknown) =>
    typeof element === 'string'
      ? { format: 'line', text: element }
      : { format: 'record', text: JSON.stringify(element) },
  );
}

function chunk(value: unknown, format: string): Piece[] | Failure {
  if (value === undefined) return invalid('is not JSON');
  const { format: given, records } = (value ?? {}) as { format?: unknown; records?: unknown };
  if (given !== format || !Array.isArray(records)) return invalid(`is no chunk of ${format}`);
  return records.map((record) => ({ format: 'own_record', text: JSON.stringify(record) }));
}

/** NDJSON, or lines of an access log. */
function linesOf(text: string): Piece[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => ({ format: /^\s*[[{]/.test(line) ? 'record' : 'line', text: line }));
}

function invalid(message: string): Failure {
  return { reason: 'invalid_message', message, details: [] };
}
