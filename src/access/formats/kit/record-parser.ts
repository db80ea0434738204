import type { RecordError } from '../../../api/record-schema.js';
import type { Note } from './notes.js';

/** Most bytes of one record in a format of lines: several times what the longest valid entry takes. */
export const MAX_RECORD_BYTES = 256 * 1024;

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

/** Turns bytes, as they come, into records. Synchronous but for the end: whoever feeds it decides when others have their turn. */
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

  /** There should be more, and nobody will bring it: gives the records that are whole, and refuses what is cut off in its middle. */
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

  /** A place that counts, with nothing in it. */
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
