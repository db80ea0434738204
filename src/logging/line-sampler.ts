import { takeToken, type Bucket, type Rate } from '../core/token-bucket.js';

/** A hundred lines at once, then ten a second. */
const LINES: Rate = { capacity: 100, fillMs: 10_000 };

/** Limits the log lines of a kind: logging thousands of failures a second would cost more than the failures, and fill a disk. */
export class LineSampler {
  private readonly bucket: Bucket = { tokens: LINES.capacity, atMs: performance.now() };
  private left = 0;

  /** Fields for a line that is to be written: how many before it were dropped; null for a line to drop. */
  take(): { unlogged?: number } | null {
    if (!takeToken(this.bucket, LINES, performance.now())) {
      this.left++;
      return null;
    }
    const told = this.left > 0 ? { unlogged: this.left } : {};
    this.left = 0;
    return told;
  }
}
