import { isUtf8 } from 'node:buffer';
import { SightlineError } from '../../core/errors.js';
import { MAX_BODY_DEPTH, nestedTooDeep, notUtf8 } from '../../core/json/json-body.js';
import {
  BACKSLASH,
  BLANKS,
  BOM,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../../core/json/json-pieces.js';
import { mayHoldUnstorableText } from '../../core/json/json.js';
import { jsonRecord } from './ndjson-parser.js';
import { MAX_RECORD_BYTES, RecordParser, tooLarge } from './record-parser.js';

/**
 * JSON objects one behind the other, with or without blanks between them, as Fluent Bit's format `json_stream` writes them. What
 * is wrong with the text concerns all of it: `write` and `end` throw `invalid_json`.
 */
export class JsonObjectsParser extends RecordParser {
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** Of an object that began in an earlier chunk. */
  private held: Buffer[] = [];
  private byte = 0;

  protected override read(chunk: Buffer): void {
    // Locals: this loop sees every byte.
    let { depth, inString, escaped } = this;
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === OPEN_BRACE || (byte === OPEN_BRACKET && depth > 0)) {
        if (depth === 0) start = at;
        if (++depth > MAX_BODY_DEPTH) throw nestedTooDeep();
      } else if (depth === 0) {
        if (!BLANKS.has(byte) && !(BOM.has(byte) && this.byte + at < BOM.size)) throw this.notJson(at);
      } else if (byte === QUOTE) inString = true;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) {
        this.addObject(chunk.subarray(start, at + 1), at + 1);
      }
    }
    if (depth > 0) this.held.push(chunk.subarray(start));
    Object.assign(this, { depth, inString, escaped });
    this.byte += chunk.length;
  }

  protected override finish(): void {
    if (this.depth > 0) throw this.notJson(0);
  }

  private addObject(last: Buffer, end: number): void {
    const bytes = this.held.length > 0 ? Buffer.concat([...this.held, last]) : last;
    this.held = [];
    if (bytes.length > MAX_RECORD_BYTES) return this.refuse(tooLarge, this.byte + end);
    if (!isUtf8(bytes)) throw notUtf8();
    const text = bytes.toString('utf8');
    const { value, error } = jsonRecord(this.parse(text, end), mayHoldUnstorableText(text));
    if (error) this.refuse(error, this.byte + end);
    else this.accept(value, this.byte + end);
  }

  private parse(text: string, at: number): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw this.notJson(at, cause);
    }
  }

  private notJson(at: number, cause?: unknown): SightlineError {
    const message = `The body is not a sequence of JSON objects (before byte ${this.byte + at})`;
    return new SightlineError('invalid_json', message, { cause });
  }
}
