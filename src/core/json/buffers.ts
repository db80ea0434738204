/**
 * Frees the memory of a buffer now, and leaves it empty. Left to the garbage collector, large bodies held 100 MB at any time:
 * V8 starts to collect at 64 MB outside of its heap, and takes its time.
 */
export function free({ buffer, length }: Buffer): void {
  if (buffer.byteLength === length && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** JSON that is assembled late, so that its bulk is copied once. That frees its buffers: they have one owner. */
export type JsonPieces = readonly (string | Buffer)[];

/** Written one by one: a text that holds them all would be garbage of the same length. */
export function bytesOf(pieces: JsonPieces): Buffer {
  const bytes = Buffer.allocUnsafeSlow(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0));
  let at = 0;
  for (const piece of pieces) {
    at += typeof piece === 'string' ? bytes.write(piece, at) : piece.copy(bytes, at);
    if (typeof piece !== 'string') free(piece);
  }
  return bytes;
}

/** Each piece is UTF-8 by itself. */
export function textOf(pieces: JsonPieces): string {
  const text = pieces.join('');
  for (const piece of pieces) if (typeof piece !== 'string') free(piece);
  return text;
}
