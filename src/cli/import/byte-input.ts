/** Bytes that come in chunks of any size, taken in sizes of one's own. */
export class ByteInput {
  private readonly chunks: AsyncIterator<Buffer>;
  private parts: Buffer[] = [];
  private heldBytes = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** Up to so many bytes, which stay where they are; fewer only at the end. */
  async peek(length: number): Promise<Buffer> {
    while (this.heldBytes < length && (await this.readMore()));
    return this.joined().subarray(0, length);
  }

  /** So many bytes; null where there are fewer. */
  async take(length: number): Promise<Buffer | null> {
    const bytes = await this.peek(length);
    if (bytes.length < length) return null;
    this.hold(this.joined().subarray(length));
    return bytes;
  }

  /** One byte at least, and so many at most; null at the end. */
  async some(mostBytes: number): Promise<Buffer | null> {
    const { length } = await this.peek(1);
    return length === 0 ? null : this.take(Math.min(mostBytes, this.heldBytes));
  }

  giveBack(bytes: Buffer): void {
    this.parts.unshift(bytes);
    this.heldBytes += bytes.length;
  }

  /** All that is left. */
  async *rest(): AsyncGenerator<Buffer, void, undefined> {
    for (let bytes = await this.some(Infinity); bytes !== null; bytes = await this.some(Infinity))
      yield bytes;
  }

  /** Nothing more will be read. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async readMore(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done) return false;
    this.parts.push(next.value);
    this.heldBytes += next.value.length;
    return true;
  }

  private joined(): Buffer {
    if (this.parts.length !== 1) this.hold(Buffer.concat(this.parts));
    return this.parts[0];
  }

  private hold(bytes: Buffer): void {
    this.parts = [bytes];
    this.heldBytes = bytes.length;
  }
}
