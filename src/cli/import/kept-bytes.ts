/** A file that goes on for so long without the end of a record is in none of the formats. */
const MOST_KEPT_BYTES = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The bytes that went to the parser and are in no chunk yet. */
export class KeptBytes {
  /** What the source threw: behind its last byte there should be more. */
  failure: Error | null = null;
  private parts: Buffer[] = [];
  private bytes = 0;
  private lastByte = NEWLINE;
  private ended = false;

  constructor(private fromByte: number) {}

  /** Passes all of them on but the first few. */
  async *keep(bytes: AsyncIterable<Buffer>, hiddenBytes: number): AsyncGenerator<Buffer> {
    let hidden = hiddenBytes;
    try {
      for await (const chunk of bytes) {
        this.add(chunk);
        if (chunk.length > hidden) yield hidden > 0 ? chunk.subarray(hidden) : chunk;
        hidden = Math.max(0, hidden - chunk.length);
      }
      this.ended = true;
    } catch (error) {
      this.failure = error as Error;
    }
  }

  /** Does the input end here, in the middle of a line? */
  endsOpenAt(byte: number): boolean {
    return this.ended && this.lastByte !== NEWLINE && byte === this.fromByte + this.bytes;
  }

  /** What is kept from this byte on. */
  textFrom(byte: number): string {
    return this.all().toString('utf8', byte - this.fromByte);
  }

  takeTo(byte: number): Buffer {
    const all = this.all();
    const length = byte - this.fromByte;
    this.fromByte = byte;
    this.parts = [all.subarray(length)];
    this.bytes -= length;
    return all.subarray(0, length);
  }

  private all(): Buffer {
    if (this.parts.length !== 1) this.parts = [Buffer.concat(this.parts)];
    return this.parts[0];
  }

  private add(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.parts.push(chunk);
    this.bytes += chunk.length;
    this.lastByte = chunk[chunk.length - 1];
    if (this.bytes > MOST_KEPT_BYTES) throw new Error('a record does not end: is this the right --format?');
  }
}
