import { isUtf8 } from 'node:buffer';
import { SightlineError } from '../../core/errors.js';
import { MAX_BODY_DEPTH, nestedTooDeep, notUtf8 } from '../../core/json/json-body.js';
import {
  BACKSLASH,
  BLANKS,
  BOM,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../../core/json/json-pieces.js';
import { mayHoldUnstorableText } from '../../core/json/json.js';
import type { Line } from './line-parser.js';
import { jsonRecord } from './ndjson-parser.js';
import { RecordParser } from './record-parser.js';

/** What an element is; null for one that is passed over. */
type Element = (value: unknown, checkText: boolean) => Line | null;

/**
 * The elements of one JSON array, without the whole of it in memory: the text is cut at commas between elements, and
 * JSON.parse reads the pieces. What is wrong with the text concerns all of it: `write` and `end` throw `invalid_json`.
 */
export class JsonArrayParser extends RecordParser {
  private state: 'before' | 'inside' | 'after' = 'before';
  /** Of brackets and braces inside the array. */
  private depth = 0;
  private inString = false;
  private escaped = false;
  private held: Buffer[] = [];
  private byte = 0;
  private elements = 0;

  constructor(private readonly element: Element = jsonRecord) {
    super();
  }

  protected override read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.state !== 'inside') this.readOutside(chunk[at], at++);
    const closed = this.readInside(chunk, at);
    for (at = closed; at < chunk.length; at++) this.readOutside(chunk[at], at);
    this.byte += chunk.length;
  }

  protected override finish(): void {
    if (this.byte === 0) throw new SightlineError('invalid_json', 'The body is empty: send JSON');
    if (this.state !== 'after') throw this.notJson(0);
  }

  private readOutside(byte: number, at: number): void {
    if (BLANKS.has(byte) || (BOM.has(byte) && this.byte + at < BOM.size)) return;
    if (this.state === 'after' || byte !== OPEN_BRACKET) throw this.notJson(at);
    this.state = 'inside';
  }

  /** Gives where the array ended, or the length of the chunk. */
  private readInside(chunk: Buffer, begin: number): number {
    // Locals: this loop sees every byte.
    let { depth, inString, escaped } = this;
    let start = begin;
    let comma = -1;
    for (let at = begin; at < chunk.length; at++) {
      const byte = chunk[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === COMMA) {
        if (depth === 0) comma = at;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (++depth > MAX_BODY_DEPTH) throw nestedTooDeep();
      } else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth < 0) {
        if (byte === CLOSE_BRACE) throw this.notJson(at);
        this.parsePiece(chunk.subarray(start, at), at, true);
        this.state = 'after';
        return at + 1;
      }
    }
    if (comma >= 0) {
      this.parsePiece(chunk.subarray(start, comma), comma, false);
      start = comma + 1;
    }
    if (start < chunk.length) this.held.push(chunk.subarray(start));
    Object.assign(this, { depth, inString, escaped });
    return chunk.length;
  }

  private parsePiece(last: Buffer, at: number, isLast: boolean): void {
    const bytes = this.held.length > 0 ? Buffer.concat([...this.held, last]) : last;
    this.held = [];
    if (!isUtf8(bytes)) throw notUtf8();
    const text = bytes.toString('utf8');
    const values = this.parse(text, at);
    // `[]` is an array; `[,` and `,]` are mistakes.
    if (values.length === 0 && !(isLast && this.elements === 0)) throw this.notJson(at);
    this.elements += values.length;
    const checkText = mayHoldUnstorableText(text);
    for (const value of values) this.addElement(this.element(value, checkText), this.byte + at);
  }

  private parse(text: string, at: number): unknown[] {
    try {
      return JSON.parse(`[${text}]`) as unknown[];
    } catch (cause) {
      throw this.notJson(at, cause);
    }
  }

  private addElement(line: Line | null, endByte: number): void {
    if (line === null) this.skip();
    else if (line.error) this.refuse(line.error, endByte);
    else this.accept(line.value, endByte);
  }

  private notJson(at: number, cause?: unknown): SightlineError {
    return new SightlineError(
      'invalid_json',
      `The body is not a JSON array (before byte ${this.byte + at})`,
      {
        cause,
      },
    );
  }
}
