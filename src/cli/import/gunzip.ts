import { constants, crc32, createInflateRaw } from 'node:zlib';
import { ByteInput } from './byte-input.js';

const OUT_BYTES = 256 * 1024;
/** Input per step: of text compressed a thousandfold, 64 MB come out of it. */
const IN_BYTES = 64 * 1024;

const MAGIC = [0x1f, 0x8b];
const DEFLATE = 8;
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
/** Flags of a header (RFC 1952): what more stands in it. */
const HEADER_CRC = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;

/**
 * The text in a gzip file (RFC 1952), all of its members. What is wrong with it is thrown once everything before that was given:
 * Node's own createGunzip keeps to itself what it unpacked together with an error.
 */
export async function* gunzipped(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const input = new ByteInput(raw);
  try {
    for (let members = 0; await isMember(input, members); members++) {
      await skipHeader(input);
      yield* checked(inflated(input), input);
    }
  } finally {
    await input.close();
  }
}

async function* checked(
  text: AsyncIterable<Buffer>,
  input: ByteInput,
): AsyncGenerator<Buffer, void, undefined> {
  let [crc, bytes] = [0, 0];
  for await (const chunk of text) {
    crc = crc32(chunk, crc);
    bytes += chunk.length;
    yield chunk;
  }
  const trailer = whole(await input.take(TRAILER_BYTES));
  if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== bytes >>> 0) {
    throw new Error('it is damaged: its checksum does not match its content');
  }
}

/** Is there another member? Zeros behind the last one are tape padding. */
async function isMember(input: ByteInput, before: number): Promise<boolean> {
  for (;;) {
    const next = await input.peek(MAGIC.length);
    if (next.length === 0) return false;
    if (MAGIC.every((byte, i) => next[i] === byte)) return true;
    if (before === 0 || next[0] !== 0) {
      throw new Error('it has data after its end that is not gzip: everything before that was read');
    }
    await input.take(1);
  }
}

async function skipHeader(input: ByteInput): Promise<void> {
  const header = whole(await input.take(HEADER_BYTES));
  if (header[2] !== DEFLATE)
    throw new Error('it is not a supported gzip file: its compression method is not deflate');
  const flags = header[3];
  if (flags & EXTRA) whole(await input.take(whole(await input.take(2)).readUInt16LE(0)));
  for (const flag of [NAME, COMMENT]) {
    if (!(flags & flag)) continue;
    while (whole(await input.take(1))[0] !== 0);
  }
  if (flags & HEADER_CRC) whole(await input.take(2));
}

/** What the deflated data unpacks to that the input stands before; then the input stands behind it. */
async function* inflated(input: ByteInput): AsyncGenerator<Buffer, void, undefined> {
  const inflate = createInflateRaw({ chunkSize: OUT_BYTES, finishFlush: constants.Z_SYNC_FLUSH });
  const out: Buffer[] = [];
  const failure: { error: Error | null; wake: () => void } = { error: null, wake: () => undefined };
  inflate.on('data', (chunk: Buffer) => out.push(chunk));
  // The callback of the write does not come in that case.
  inflate.on('error', (error) => {
    failure.error = error;
    failure.wake();
  });
  try {
    for (let given = 0; ;) {
      const piece = whole(await input.some(IN_BYTES));
      given += piece.length;
      await new Promise<void>((resolve) => {
        failure.wake = resolve;
        inflate.write(piece, () => resolve());
      });
      yield* out.splice(0);
      if (failure.error)
        throw new Error('it is damaged: everything before the damage was read', { cause: failure.error });
      const left = given - inflate.bytesWritten;
      if (left === 0) continue;
      input.giveBack(piece.subarray(piece.length - left));
      return;
    }
  } finally {
    inflate.destroy();
  }
}

function whole(bytes: Buffer | null): Buffer {
  if (bytes === null) throw new Error('it is cut off: the gzip data ends too early');
  return bytes;
}
