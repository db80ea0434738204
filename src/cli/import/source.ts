import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { ByteInput } from './byte-input.js';
import { gunzipped } from './gunzip.js';

const READ_BYTES = 256 * 1024;
const HEAD_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** Compressions that are not read, by how a file begins. */
const OTHERS: [string, Buffer][] = [
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])],
  ['bzip2', Buffer.from('BZh')],
];
const MOST_MAGIC_BYTES = 5;

/** A file to import, or a stream. Bytes are those behind gzip, where it is gzip. */
export interface Source {
  name: string;
  /** The same for the same content: of its size, its beginning and its end. Of a stream, which cannot be read again, another each time. */
  identity: string;
  /** Of a file that may grow: what it keeps when it is renamed. null for gzip and streams. */
  inode: string | null;
  /** How it begins: the first 64 KiB, or all of it. */
  head: Buffer;
  /** Of the file itself; null where that is not known. */
  sizeBytes: number | null;
  /** Of the file itself, so far. */
  readBytes(): number;
  /** Everything from this byte on. @throws Error where the rest cannot be read, behind all that can */
  chunks(fromByte: number): AsyncIterable<Buffer>;
}

/** `-` is stdin. A pipe that has a name, as `<(zcat …)` gives one, is a stream too. @throws Error that names the file */
export async function openSource(name: string): Promise<Source> {
  try {
    if (name === '-') return await streamSource('stdin', process.stdin as AsyncIterable<Buffer>);
    const file = await stat(name);
    if (file.isFile()) return await fileSource(name, file.size, String(file.ino));
    if (file.isDirectory()) throw new Error('it is a folder');
    return await streamSource(name, createReadStream(name, { highWaterMark: READ_BYTES }));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${name} cannot be read: ${code ?? message}`, { cause: error });
  }
}

/**
 * How many bytes of a line are left behind `byte`: none where a line begins. An import that came upon the last line of a log before
 * its end was written, and took it for whole, has counted it.
 */
export async function restOfLine(source: Source, byte: number): Promise<number> {
  if (byte === 0 || source.inode === null) return 0;
  let passed = -1;
  for await (const chunk of source.chunks(byte - 1)) {
    const newline = chunk.indexOf(NEWLINE);
    if (newline >= 0) return passed + newline + 1;
    passed += chunk.length;
  }
  return Math.max(0, passed);
}

async function fileSource(name: string, size: number, inode: string): Promise<Source> {
  const [first, last] = await ends(name, size);
  const counter: { raw: ReadStream | null } = { raw: null };
  const opened = (start: number): ReadStream =>
    (counter.raw = createReadStream(name, { start, highWaterMark: READ_BYTES }));
  const zipped = isGzip(first);
  const chunks = (from: number): AsyncIterable<Buffer> =>
    zipped ? skipping(gunzipped(opened(0)), from) : opened(from);
  let skipped = 0;
  return {
    name,
    identity: createHash('sha256').update(`${size} `).update(first).update(last).digest('hex'),
    inode: zipped ? null : inode,
    head: zipped ? await headOf(chunks(0)) : first,
    sizeBytes: size,
    readBytes: () => skipped + (counter.raw?.bytesRead ?? 0),
    chunks(from) {
      skipped = zipped ? 0 : from;
      return chunks(from);
    },
  };
}

async function streamSource(name: string, stream: AsyncIterable<Buffer>): Promise<Source> {
  const counter = { bytes: 0 };
  const raw = new ByteInput(counted(stream, counter));
  // Whoever writes into a pipe may begin with one byte.
  const zipped = isGzip(await raw.peek(MOST_MAGIC_BYTES));
  const text = new FailingLate(zipped ? gunzipped(raw.rest()) : raw.rest());
  const bytes = new ByteInput(text.chunks());
  const head = Buffer.from(await bytes.peek(HEAD_BYTES));
  return {
    name,
    identity: randomUUID(),
    inode: null,
    head,
    sizeBytes: null,
    readBytes: () => counter.bytes,
    async *chunks() {
      yield* bytes.rest();
      text.throwFailure();
    },
  };
}

/** Ends where something goes wrong, and tells of it when it is asked to: what was read before is read first. */
class FailingLate {
  private failure: Error | null = null;

  constructor(private readonly source: AsyncIterable<Buffer>) {}

  async *chunks(): AsyncGenerator<Buffer> {
    try {
      yield* this.source;
    } catch (error) {
      this.failure = error as Error;
    }
  }

  throwFailure(): void {
    if (this.failure) throw this.failure;
  }
}

function isGzip(bytes: Buffer): boolean {
  const other = OTHERS.find(([, magic]) => bytes.subarray(0, magic.length).equals(magic));
  if (other) throw new Error(`it is compressed with ${other[0]}: decompress it into sightline import -`);
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function ends(name: string, size: number): Promise<[Buffer, Buffer]> {
  const file = await open(name);
  try {
    const read = async (position: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, position);
      return buffer.subarray(0, bytesRead);
    };
    return [await read(0), await read(Math.max(0, size - HEAD_BYTES))];
  } finally {
    await file.close();
  }
}

// What is wrong further on is told by whoever reads all of it.
async function headOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const input = new ByteInput(new FailingLate(chunks).chunks());
  const head = Buffer.from(await input.peek(HEAD_BYTES));
  await input.close();
  return head;
}

async function* skipping(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

async function* counted(chunks: AsyncIterable<Buffer>, counter: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    counter.bytes += chunk.length;
    yield chunk;
  }
}
