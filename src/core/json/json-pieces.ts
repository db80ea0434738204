import { isUtf8 } from 'node:buffer';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { SightlineError } from '../errors.js';
import { FairSemaphore } from '../semaphore.js';
import { jsonText, MAX_BODY_DEPTH, nestedTooDeep, notUtf8 } from './json-body.js';
import { mayHoldUnstorableText, parseJson } from './json.js';

/** A smaller body is parsed in one go, which takes 2 ms. */
export const PIECES_FROM_BYTES = 256 * 1024;
/** Bytes scanned or parsed before the event loop gets its turn. */
const PIECE_BYTES = 128 * 1024;
/** Most bytes outside of arrays: JSON.parse takes 30 ms for them at worst. */
const MAX_OUTSIDE_BYTES = 2 * 1024 * 1024;

// The structural characters of JSON, as bytes.
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
/** White space between JSON texts, as bytes. */
export const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** The byte order mark: outside of a string these bytes can be nothing else. */
export const BOM: ReadonlySet<number> = new Set([0xef, 0xbb, 0xbf]);

/** Stands for an element that is too large to be parsed in one go, and therefore too large for a record. */
export const TOO_LARGE = Symbol('too large');

export interface PieceBounds {
  /** Most elements kept of an array. For a longer one only the length is right: 10 MB of `1,` are five million elements. */
  maxElements: number;
  /** A larger element is TOO_LARGE. */
  maxElementBytes: number;
}

export interface ParsedPieces {
  value: unknown;
  mayHoldUnstorableText: boolean;
}

/**
 * JSON.parse of a large body whose bulk stands in arrays that are members of one object, as `{"logs":[…]}` is, with other requests'
 * turn in between: 10 MB at once would hold the event loop for 100 ms and more. Within its bounds it gives what `parseJsonText` gives.
 * @throws SightlineError `invalid_json`; `request_too_large` where more than 2 MB are outside of arrays
 */
export async function parseInPieces(body: Buffer, bounds: PieceBounds): Promise<ParsedPieces> {
  const pieces = new Pieces(body, bounds);
  let isMore = true;
  while (isMore) {
    await mutex.run(async () => {
      isMore = pieces.read();
      await othersTurn();
    });
  }
  return pieces.result();
}

/** One piece in a turn of the event loop, of all bodies together: three that took turns among themselves held it for 20 ms. */
const mutex = new FairSemaphore(1);

/** Cuts a body at the commas between the elements of its arrays, and parses the pieces. */
class Pieces {
  /** The elements of each array, in the order that they stand in. */
  private readonly arrays: unknown[][] = [];
  /** The text with `[N]` in place of the array with that number. */
  private readonly outside: Buffer[] = [];
  private outsideBytes = 0;
  private mayHoldUnstorableText = false;
  private at = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;
  /** Behind what was parsed or kept. */
  private start = 0;
  /** The last comma between elements, -1 where none is since `start`. */
  private comma = -1;
  private inArray = false;

  constructor(
    private readonly body: Buffer,
    private readonly bounds: PieceBounds,
  ) {}

  /** Processes one piece; false at the end. */
  read(): boolean {
    const { body } = this;
    const end = Math.min(this.at + PIECE_BYTES, body.length);
    // Locals: this loop sees every byte.
    let { at, inString, escaped } = this;
    for (; at < end; at++) {
      const byte = body[at];
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === COMMA) this.separate(at);
      else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) this.open(byte, at);
      else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) this.close(byte, at);
    }
    Object.assign(this, { at, inString, escaped });
    if (!this.inArray) this.boundOutside(at);
    else if (this.comma >= this.start) this.parseElements(this.comma);
    return at < body.length;
  }

  result(): ParsedPieces {
    this.keepOutside(this.body.length);
    const value = this.parse(jsonText(Buffer.concat(this.outside)), '', '', this.body.length);
    if (this.inArray) throw notJson(this.body.length);
    return { value: this.withArrays(value), mayHoldUnstorableText: this.mayHoldUnstorableText };
  }

  private separate(at: number): void {
    if (!this.inArray || this.depth !== 2) return;
    this.cut(at);
    this.comma = at;
  }

  private open(byte: number, at: number): void {
    if (++this.depth > MAX_BODY_DEPTH) throw nestedTooDeep();
    if (this.depth !== 2 || byte !== OPEN_BRACKET) return;
    this.keepOutside(at + 1);
    this.outside.push(Buffer.from(String(this.arrays.length)));
    this.arrays.push([]);
    this.inArray = true;
    this.comma = -1;
  }

  private close(byte: number, at: number): void {
    if (this.inArray && this.depth === 2) {
      if (byte !== CLOSE_BRACKET) throw notJson(at);
      this.cut(at);
      if (this.start <= at) this.parseElements(at);
      this.inArray = false;
      this.start = at;
    }
    this.depth--;
  }

  /** An element ends here: one of more than a piece is parsed alone. */
  private cut(end: number): void {
    if (end - this.start <= PIECE_BYTES) return;
    if (this.comma >= this.start) this.parseElements(this.comma);
    if (end - this.start > PIECE_BYTES) this.parseElements(end);
  }

  /** The elements from `start` to `end`, a comma or the closing bracket. */
  private parseElements(end: number): void {
    const { body, start } = this;
    const elements = this.arrays.at(-1)!;
    const isLast = body[end] === CLOSE_BRACKET;
    this.start = end + 1;
    if (end - start > this.bounds.maxElementBytes) {
      elements.push(TOO_LARGE);
      return;
    }
    const bytes = body.subarray(start, end);
    if (!isUtf8(bytes)) throw notUtf8();
    const parsed = this.parse(bytes.toString('utf8'), '[', ']', end) as unknown[];
    // `[]` is an array; `[,` and `,]` are mistakes.
    if (parsed.length === 0 && !(isLast && elements.length === 0)) throw notJson(end);
    if (elements.length + parsed.length > this.bounds.maxElements) elements.length += parsed.length;
    else for (const element of parsed) elements.push(element);
  }

  private parse(text: string, before: string, behind: string, end: number): unknown {
    this.mayHoldUnstorableText ||= mayHoldUnstorableText(text);
    try {
      return parseJson(before + text + behind);
    } catch (cause) {
      throw notJson(end, cause);
    }
  }

  private boundOutside(end: number): void {
    if (this.outsideBytes + end - this.start <= MAX_OUTSIDE_BYTES) return;
    throw new SightlineError('request_too_large', 'The body contains too much data outside its records');
  }

  private keepOutside(end: number): void {
    this.boundOutside(end);
    this.outsideBytes += end - this.start;
    this.outside.push(this.body.subarray(this.start, end));
    this.start = end;
  }

  // Exactly the arrays that are direct members hold a number in the skeleton: deeper ones were not replaced.
  private withArrays(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]: [string, unknown]) => [
        name,
        Array.isArray(member) ? this.arrays[member[0] as number] : member,
      ]),
    );
  }
}

function notJson(at: number, cause?: unknown): SightlineError {
  return new SightlineError('invalid_json', `The body is not valid JSON (before byte ${at})`, { cause });
}
