import { MAX_RECORD_BYTES } from './record-parser.js';

export const NEWLINE = 0x0a;
const NO_BYTES = Buffer.alloc(0);

/** Whole lines, that is whole characters. */
export interface LineBlock {
  bytes: Buffer;
  /** Bytes before these that are gone: the first line is only the end of one that is too long. */
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
