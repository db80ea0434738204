import { isUtf8 } from 'node:buffer';
import { parse, type InfoRecord, type Parser } from 'csv-parse';
import { canonicalIp } from '../../core/addresses/ip-address.js';
import { unreadTime } from '../time-names.js';
import {
  DEFAULT_COLUMNS,
  headerColumns,
  isDefaultRow,
  looksLikeHeader,
  rowValue,
  type Columns,
  dialectOf,
} from './csv-columns.js';
import { LineBlocks, NEWLINE, type LineBlock } from './line-blocks.js';
import {
  cutOff,
  MAX_RECORD_BYTES,
  notUtf8,
  RecordParser,
  tooLarge,
  type ParserStart,
} from './record-parser.js';

const OPTIONS = {
  bom: true,
  record_delimiter: ['\r\n', '\n'],
  skip_empty_lines: true,
  // Only a whole line is one: a cell may begin with the character.
  comment: '#',
  comment_no_infix: true,
  // Rows of another length are refused here, by their index.
  relax_column_count: true,
  // RFC 4180 does not say what a quote inside a field without quotes is: data.
  relax_quotes: true,
  // The only error left is a quote that is never closed.
  skip_records_with_error: true,
};

interface CsvStart extends ParserStart {
  /** A parser that has read how the text begins: its columns and dialect are those of all that follows. */
  like: CsvParser;
}

const BLANK_LINES = Buffer.from('\n'.repeat(16));

/**
 * Rows of CSV as in RFC 4180, with or without a header, also with `sep=;` before it, other delimiters and lines of comment. A
 * record that grows too large, as behind a quote that is never closed, is refused, and reading goes on with the next line.
 */
export class CsvParser extends RecordParser {
  /** Where the header ends, in bytes; 0 without one. */
  headerBytes = 0;
  /** Known once the first row is read. */
  private columns: Columns | null;
  /** Known once a first line is there. */
  private delimiter: string | null;
  private readonly blocks = new LineBlocks();
  /** Where `rows` began. */
  private base: number;
  /** Bytes given to `rows`. */
  private givenBytes = 0;
  private lastRecordEnd: number;
  private lossy = false;
  /** The first row named columns, and none that is ours. */
  private isForeign: boolean;
  private rows: Parser | null = null;

  constructor(start?: CsvStart) {
    super(start);
    this.columns = start?.like.columns ?? null;
    this.delimiter = start?.like.delimiter ?? null;
    this.isForeign = start?.like.isForeign ?? false;
    this.base = start?.byte ?? 0;
    this.lastRecordEnd = this.base;
  }

  protected override read(chunk: Buffer): void {
    const block = this.blocks.push(chunk);
    if (block) this.parseBlock(block);
  }

  protected override async finish(): Promise<void> {
    const block = this.blocks.rest();
    if (block) this.parseBlock(block);
    await new Promise<void>((resolve) => (this.rows ? this.rows.end(resolve) : resolve()));
  }

  protected override finishCut(): void {
    this.rows?.write(BLANK_LINES);
    const rest = this.blocks.rest();
    if (rest) this.refuse(cutOff, this.base + this.givenBytes + rest.lostBytes + rest.bytes.length);
  }

  private parseBlock({ bytes, lostBytes }: LineBlock): void {
    let rest = bytes;
    if (lostBytes > 0) {
      const newline = bytes.indexOf(NEWLINE) + 1;
      rest = newline > 0 ? bytes.subarray(newline) : bytes.subarray(bytes.length);
      this.giveUpRecord(this.base + this.givenBytes + lostBytes + bytes.length - rest.length);
    }
    // A row that this block completes may have begun in the one before.
    const wasLossy = this.lossy;
    const isLossy = !isUtf8(rest);
    this.lossy = wasLossy || isLossy;
    if (this.delimiter === null) rest = this.learnDialect(rest);
    this.rows ??= this.newRows();
    this.rows.write(rest);
    this.givenBytes += rest.length;
    this.lossy = isLossy;
    const end = this.base + this.givenBytes;
    if (end - this.lastRecordEnd > MAX_RECORD_BYTES) this.giveUpRecord(end);
  }

  /** Starts over in the dialect of this block, if it shows one; returns what follows its `sep=` line. */
  private learnDialect(block: Buffer): Buffer {
    const { delimiter, skippedBytes } = dialectOf(block);
    if (delimiter === null) return block;
    this.delimiter = delimiter;
    this.beginAt(this.base + this.givenBytes + skippedBytes);
    return block.subarray(skippedBytes);
  }

  /** Refuses the record that `rows` is in the middle of, and goes on at `byte`, the beginning of a line. */
  private giveUpRecord(byte: number): void {
    // csv-parse gives a row when it sees what follows it: the last good one is still in there.
    this.rows?.write(BLANK_LINES);
    this.refuse(tooLarge, byte);
    this.beginAt(byte);
  }

  private beginAt(byte: number): void {
    this.rows?.destroy();
    this.base = byte;
    this.givenBytes = 0;
    this.lastRecordEnd = byte;
    this.rows = this.newRows();
  }

  private newRows(): Parser {
    return parse({
      ...OPTIONS,
      delimiter: this.delimiter ?? ',',
      on_record: (row: string[], { bytes }: InfoRecord) => {
        const begin = this.lastRecordEnd;
        this.lastRecordEnd = this.base + bytes;
        if (this.lastRecordEnd - begin > MAX_RECORD_BYTES) this.refuse(tooLarge, this.lastRecordEnd);
        else this.addRow(row);
        // Nothing is left for the stream's readable side: rows are here as soon as they are written.
        return null;
      },
      on_skip: () => {
        this.refuse(unclosedQuote, this.base + this.givenBytes);
        return undefined;
      },
    });
  }

  private addRow(row: string[]): void {
    if (this.columns === null) {
      this.columns = headerColumns(row);
      if (this.columns !== null) {
        this.headerBytes = this.lastRecordEnd;
        return;
      }
      this.isForeign ||= looksLikeHeader(row);
      if (this.isForeign) return this.refuse(foreignColumns, this.lastRecordEnd);
      // A row that is none of these is refused for what it lacks, and the next one looked at.
      if (isDefaultRow(row)) this.columns = DEFAULT_COLUMNS;
      else if (row.length === DEFAULT_COLUMNS.fields.length && canonicalIp(row[1]) !== null)
        return this.refuse(addressAsPath, this.lastRecordEnd);
    }
    this.addEntry(row, this.columns ?? DEFAULT_COLUMNS);
  }

  private addEntry(row: string[], { fields, unreadTime: time }: Columns): void {
    if (row.length !== fields.length) {
      const message = `has ${row.length} columns, not ${fields.length}`;
      this.refuse({ field: '', message, type: 'format' }, this.lastRecordEnd);
    } else if (this.lossy && row.some((cell, i) => fields[i] !== null && cell.includes('\ufffd'))) {
      this.refuse(notUtf8, this.lastRecordEnd);
    } else if (time !== null) this.refuse(unreadTime(time), this.lastRecordEnd);
    else this.accept(rowValue(row, fields), this.lastRecordEnd);
  }
}

const foreignColumns = {
  field: '',
  message: 'has unknown columns: name them in a header row (timestamp, ip, path, …)',
  type: 'format',
} as const;

const addressAsPath = {
  field: 'path',
  message: 'is an address: columns other than timestamp,path,userAgent must be named in a header row',
  type: 'format',
} as const;

const unclosedQuote = {
  field: '',
  message: 'has a quote that is never closed, so everything after it belongs to this field',
  type: 'format',
} as const;
