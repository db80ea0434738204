import { isUtf8 } from 'node:buffer';
import type { RecordError } from '../../http/query/record-schema.js';
import { ENTRY_FIELDS } from '../access-entry.schema.js';
import { LineBlocks, NEWLINE, type LineBlock } from './line-blocks.js';
import {
  type Note,
  cutOff,
  MAX_RECORD_BYTES,
  notUtf8,
  RecordParser,
  tooLarge,
  type ParserStart,
} from './record-parser.js';

const CARRIAGE_RETURN = 0x0d;
const BOM_BYTES = 3;
/** What a decoder writes for bytes that are not UTF-8. */
const REPLACEMENT = '\ufffd';

/** What a line holds. */
export type Line =
  | { value: unknown; notes?: readonly Note[]; error?: undefined }
  | { value?: undefined; notes?: undefined; error: RecordError };

// NULs are left by truncating a log while its server keeps writing at its old offset, and by a power cut.
const HOLE = /^\0+/;

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

  protected override finishCut(): void {
    const block = this.blocks.rest();
    if (block) this.refuse(cutOff, this.byte + block.lostBytes + block.bytes.length);
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
    const line = withoutHole(bytes.toString('utf8', begin, textEnd));
    if (isBlank(line)) return;
    const { value, notes, error } = this.parseLine(line);
    if (clean || isUtf8(bytes.subarray(begin, textEnd))) {
      if (error) this.refuse(error, endByte);
      else this.accept(value, endByte, notes);
      return;
    }
    // Fields that are not stored may hold any bytes: a referer in Latin-1 does not spoil its line.
    const unreadable =
      error === undefined ? notUtf8Field(value) : error.type === 'unstorable' ? error : notUtf8;
    if (unreadable) this.refuse(unreadable, endByte);
    else this.accept(value, endByte, notes);
  }
}

function withoutHole(line: string): string {
  return line.charCodeAt(0) === 0 ? line.replace(HOLE, '') : line;
}

export function isBlank(text: string): boolean {
  return text.trim() === '';
}

function hasBom(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/**
 * The refusal of a record whose text was not all UTF-8 (decoded with U+FFFD in its place), naming the first field that holds
 * it; null where only fields that are not stored do.
 */
function notUtf8Field(value: unknown): RecordError | null {
  if (typeof value !== 'object' || value === null) return notUtf8;
  for (const field of ENTRY_FIELDS) {
    const text = (value as Record<string, unknown>)[field];
    if (typeof text === 'string' && text.includes(REPLACEMENT)) return { ...notUtf8, field };
  }
  return null;
}
