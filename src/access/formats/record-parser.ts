import { setImmediate as othersTurn } from 'node:timers/promises';
import type { RecordError } from '../../http/query/record-schema.js';

/** Largest record of a line format, in bytes: several times the longest valid entry. */
export const MAX_RECORD_BYTES = 256 * 1024;

/**
 * What was dropped from a record that was kept all the same, or truncated: reported for each, so that nothing is lost
 * silently.
 */
export const NOTES = {
  status: 'status left out: not from 100 to 599',
  method: 'method left out: not an HTTP method',
  request: 'method and path left out: not an HTTP request',
  host: 'ip left out: a host name',
  isOpen: 'referer or user agent cut off: its quote is not closed',
  path: 'path cut to 2,048 characters',
  userAgent: 'user agent cut to 1,024 characters',
} as const;

/** One record as its format gave it: something to validate, or why there is nothing. */
export type RawRecord = {
  /** Counts records from 0; headers and blank lines are none. */
  index: number;
  /** Where the record ends, in bytes from the beginning: a parser that starts here goes on with the next one. */
  endByte: number;
} & (
  | {
      value: unknown;
      /** What was left out of it. */
      notes?: readonly Note[];
      errors?: undefined;
    }
  | { value?: undefined; notes?: undefined; errors: RecordError[] }
);

/** Where in a file a parser begins: behind a record that another parser has given. */
export interface ParserStart {
  /** Of the next record. */
  index: number;
  /** `endByte` of the last record. */
  byte: number;
}

/** Turns bytes into records as they come. Synchronous, except for the end: the caller decides when to yield to the event loop. */
export abstract class RecordParser {
  private records: RawRecord[] = [];
  private index: number;

  constructor(start?: ParserStart) {
    this.index = start?.index ?? 0;
  }

  /** Gives the records that these bytes complete. */
  write(chunk: Buffer): RawRecord[] {
    this.read(chunk);
    return this.take();
  }

  /** There is nothing more: gives the records that were still open. */
  async end(): Promise<RawRecord[]> {
    await this.finish();
    return this.take();
  }

  /** The input broke off: gives the records that are complete, and refuses the one that was cut off. */
  async cut(): Promise<RawRecord[]> {
    await this.finishCut();
    return this.take();
  }

  protected abstract read(chunk: Buffer): void;

  protected finishCut(): void | Promise<void> {
    return this.finish();
  }

  protected abstract finish(): void | Promise<void>;

  protected accept(value: unknown, endByte: number, notes?: readonly Note[]): void {
    this.records.push({ index: this.index++, endByte, value, notes });
  }

  protected refuse(error: RecordError, endByte: number): void {
    this.records.push({ index: this.index++, endByte, errors: [error] });
  }

  /** A record without content that still takes an index. */
  protected skip(): void {
    this.index++;
  }

  private take(): RawRecord[] {
    const { records } = this;
    this.records = [];
    return records;
  }
}

export const tooLarge: RecordError = {
  field: '',
  message: `is larger than ${MAX_RECORD_BYTES / 1024} KiB`,
  type: 'size',
};

export const cutOff: RecordError = {
  field: '',
  message: 'is cut off: the input ends in the middle of it',
  type: 'format',
};

export const notUtf8: RecordError = { field: '', message: 'is not UTF-8', type: 'unstorable' };

export type Note = (typeof NOTES)[keyof typeof NOTES];

/** How many records have each note. */
export type NoteCounts = Partial<Record<Note, number>>;

export function countNotes(counts: NoteCounts, notes: readonly Note[] | undefined): void {
  if (notes) for (const note of notes) counts[note] = (counts[note] ?? 0) + 1;
}

/**
 * Every record of a body or file, in batches, at constant memory. `isWhole` is asked at the end: did the input arrive in full?
 */
export async function* readRecords(
  parser: RecordParser,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
  isWhole: () => boolean = () => true,
): AsyncGenerator<RawRecord[], void, undefined> {
  for await (const chunk of chunks) {
    const records = parser.write(chunk);
    if (records.length > 0) yield records;
  }
  const last = await (isWhole() ? parser.end() : parser.cut());
  if (last.length > 0) yield last;
}

/** A body in slices, yielding to the event loop between them: parsing 10 MB at once would keep every other request waiting. */
export async function* slicesOf(body: Buffer, sliceBytes: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < body.length; at += sliceBytes) {
    if (at > 0) await othersTurn();
    yield body.subarray(at, at + sliceBytes);
  }
}
