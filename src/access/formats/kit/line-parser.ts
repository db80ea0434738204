import { isUtf8 } from 'node:buffer';
import type { RecordError } from '../../../api/record-schema.js';
import { LineBlocks, NEWLINE, type LineBlock } from './line-blocks.js';
import { MAX_RECORD_BYTES, notUtf8, RecordParser, tooLarge, type ParserStart } from './record-parser.js';

const CARRIAGE_RETURN = 0x0d;
const BOM_BYTES = 3;

/** What a line holds. */
export type Line = { value: unknown; error?: undefined } | { value?: undefined; error: RecordError };

/** A format of one record a line. Blank lines are no records. */
export class LineParser extends RecordParser {
  private readonly blocks = new LineBlocks();
  private byte: number;

  constructor(
    private readonly parseLine: (line: string) => Line,
    start?: ParserStart,
  ) {
    super(start);
    this.byte = start?.byte ?? 0;
  }

  protected override read(chunk: Buffer): void {
    const block = this.blocks.push(chunk);
    if (block) this.parseBlock(block);
  }

  protected override finish(): void {
    const block = this.blocks.rest();
    if (block) this.parseBlock(block);
  }

  private parseBlock({ bytes, lostBytes }: LineBlock): void {
    const first = this.byte + lostBytes;
    let begin = this.byte === 0 && hasBom(bytes) ? BOM_BYTES : 0;
    const clean = isUtf8(bytes);
    let lost = lostBytes > 0;
    while (begin < bytes.length || lost) {
      const newline = bytes.indexOf(NEWLINE, begin);
      const end = newline < 0 ? bytes.length : newline + 1;
      if (lost || end - begin > MAX_RECORD_BYTES) this.refuse(tooLarge, first + end);
      else this.parseOne(bytes, begin, newline < 0 ? end : newline, clean, first + end);
      lost = false;
      begin = end;
    }
    this.byte = first + bytes.length;
  }

  private parseOne(bytes: Buffer, begin: number, end: number, clean: boolean, endByte: number): void {
    const textEnd = end > begin && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    if (!clean && !isUtf8(bytes.subarray(begin, textEnd))) return this.refuse(notUtf8, endByte);
    const line = bytes.toString('utf8', begin, textEnd);
    if (isBlank(line)) return;
    const { value, error } = this.parseLine(line);
    if (error) this.refuse(error, endByte);
    else this.accept(value, endByte);
  }
}

export function isBlank(text: string): boolean {
  return text.trim() === '';
}

function hasBom(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}
