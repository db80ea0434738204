import { MAX_RECORD_BYTES } from './record-parser.js';

export const NEWLINE = 0x0a;
const NO_BYTES = Buffer.alloc(0);
const CARRIAGE_RETURN = 0x0d;

/** Whole lines, that is whole characters. */
export interface LineBlock {
  bytes: Buffer;
  /** Bytes dropped before these: the first line is the tail of one that was too long. */
  lostBytes: number;
}

/** Cuts what comes in chunks behind the last end of a line. Holds no more than MAX_RECORD_BYTES and a chunk. */
export class LineBlocks {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private lostBytes = 0;

  /** The lines that this chunk completes. */
  push(chunk: Buffer): LineBlock | null {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    const block = end > 0 ? this.release(chunk.subarray(0, end)) : null;
    this.hold(chunk.subarray(end));
    return block;
  }

  /** What is left at the end: a last line without its end. */
  rest(): LineBlock | null {
    return this.heldBytes + this.lostBytes > 0 ? this.release(NO_BYTES) : null;
  }

  private release(last: Buffer): LineBlock {
    const bytes = this.heldBytes > 0 ? Buffer.concat([...this.held, last]) : last;
    const block = { bytes, lostBytes: this.lostBytes };
    this.held = [];
    this.heldBytes = 0;
    this.lostBytes = 0;
    return block;
  }

  private hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    if (this.lostBytes === 0 && this.heldBytes <= MAX_RECORD_BYTES) return;
    this.lostBytes += this.heldBytes;
    this.held = [];
    this.heldBytes = 0;
  }
}

/** Do the lines of a text that begins like this end with CR alone, as old spreadsheets write them? */
export function hasCrLines(head: Buffer): boolean {
  const first = head.indexOf(CARRIAGE_RETURN);
  if (first < 0 || first + 1 >= head.length || head[first + 1] === NEWLINE) return false;
  const newline = head.indexOf(NEWLINE);
  if (newline < 0) return true;
  if (newline < first) return false;
  let [alone, feeds] = [0, 0];
  for (let at = 0; at < head.length; at++) {
    if (head[at] === NEWLINE) feeds++;
    else if (head[at] === CARRIAGE_RETURN && head[at + 1] !== NEWLINE) alone++;
  }
  return alone >= feeds;
}

/** With LF in the place of each CR, byte for byte. */
export function withLineFeeds(chunk: Buffer): Buffer {
  const copy = Buffer.from(chunk);
  for (let at = copy.indexOf(CARRIAGE_RETURN); at >= 0; at = copy.indexOf(CARRIAGE_RETURN, at + 1)) {
    copy[at] = NEWLINE;
  }
  return copy;
}
