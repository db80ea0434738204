import { parse, type InfoRecord, type Parser } from 'csv-parse';
import { isUtf8 } from 'node:buffer';
import { LineBlocks, NEWLINE, type LineBlock } from '../kit/line-blocks.js';
import { MAX_RECORD_BYTES, notUtf8, RecordParser, tooLarge, type ParserStart } from '../kit/record-parser.js';
import { DEFAULT_COLUMNS, headerColumns, rowValue, type Column } from './columns.js';

const OPTIONS = {
  bom: true,
  record_delimiter: ['\r\n', '\n'],
  skip_empty_lines: true,
  // Rows of another length are refused here, by their index.
  relax_column_count: true,
  // RFC 4180 does not say what a quote inside a field without quotes is: data.
  relax_quotes: true,
  // All that is left to go wrong is a quote that is never closed.
  skip_records_with_error: true,
};

export interface CsvStart extends ParserStart {
  /** Of the file's header: `columns` of the parser that has read it. */
  columns: readonly (Column | null)[];
}

const BLANK_LINES = Buffer.from('\n'.repeat(16));

/**
 * Rows of CSV as in RFC 4180, with or without a header. A record that grows too large, as behind a quote that is never
 * closed, is refused, and reading goes on with the next line.
 */
export class CsvParser extends RecordParser {
  /** Known once the first row is read. */
  columns: readonly (Column | null)[] | null;
  private readonly blocks = new LineBlocks();
  /** Where `rows` began. */
  private base: number;
  /** What `rows` was given. */
  private givenBytes = 0;
  private lastRecordEnd: number;
  private lossy = false;
  private rows: Parser;

  constructor(start?: CsvStart) {
    super(start);
    this.columns = start?.columns ?? null;
    this.base = start?.byte ?? 0;
    this.lastRecordEnd = this.base;
    this.rows = this.begin();
  }

  protected override read(chunk: Buffer): void {
    const block = this.blocks.push(chunk);
    if (block) this.parseBlock(block);
  }

  protected override async finish(): Promise<void> {
    const block = this.blocks.rest();
    if (block) this.parseBlock(block);
    await new Promise<void>((resolve) => this.rows.end(resolve));
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
    this.rows.write(rest);
    this.givenBytes += rest.length;
    this.lossy = isLossy;
    const end = this.base + this.givenBytes;
    if (end - this.lastRecordEnd > MAX_RECORD_BYTES) this.giveUpRecord(end);
  }

  /** Refuses the record that `rows` is in the middle of, and goes on at `byte`, the beginning of a line. */
  private giveUpRecord(byte: number): void {
    // csv-parse gives a row when it sees what follows it: the last good one is still in there.
    this.rows.write(BLANK_LINES);
    this.refuse(tooLarge, byte);
    this.rows.destroy();
    this.base = byte;
    this.givenBytes = 0;
    this.lastRecordEnd = byte;
    this.rows = this.begin();
  }

  private begin(): Parser {
    return parse({
      ...OPTIONS,
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
      if (this.columns !== null) return;
      this.columns = DEFAULT_COLUMNS;
    }
    const { length } = this.columns;
    if (row.length !== length) {
      const message = `has ${row.length} columns, not ${length}`;
      this.refuse({ field: '', message, type: 'format' }, this.lastRecordEnd);
    } else if (this.lossy && row.some((cell) => cell.includes('\ufffd'))) {
      this.refuse(notUtf8, this.lastRecordEnd);
    } else this.accept(rowValue(row, this.columns), this.lastRecordEnd);
  }
}

const unclosedQuote = {
  field: '',
  message: 'has a quote that is never closed: all that follows belongs to it',
  type: 'format',
} as const;
