import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const READ_BYTES = 256 * 1024;
const HEAD_BYTES = 64 * 1024;

/** Compressions that are not read, by how a file begins. */
const OTHERS: [string, Buffer][] = [
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a])],
  ['bzip2', Buffer.from('BZh')],
];

/** A file to import, or stdin. Bytes are those behind gzip, where it is gzip. */
export interface Source {
  name: string;
  /** The same for the same content: of its size, its beginning and its end. Of stdin, which cannot be read again, another each time. */
  identity: string;
  /** How it begins: the first 64 KiB, or all of it. */
  head: Buffer;
  /** Of the file itself; null where that is not known. */
  sizeBytes: number | null;
  /** Of the file itself, so far. */
  readBytes(): number;
  /** Everything from this byte on. */
  chunks(fromByte: number): AsyncIterable<Buffer>;
}

/** `-` is stdin. @throws Error that names the file */
export async function openSource(name: string): Promise<Source> {
  if (name === '-') return streamSource();
  try {
    return await fileSource(name);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(`${name} cannot be read: ${code ?? message}`, { cause: error });
  }
}

async function fileSource(name: string): Promise<Source> {
  const { size } = await stat(name);
  const [first, last] = await ends(name, size);
  const counter: { raw: ReadStream | null } = { raw: null };
  const opened = (start: number): Readable =>
    (counter.raw = createReadStream(name, { start, highWaterMark: READ_BYTES }));
  const zipped = isGzip(first);
  const chunks = (from: number): AsyncIterable<Buffer> =>
    zipped ? skipping(unzipped(opened(0)), from) : opened(from);
  let skipped = 0;
  return {
    name,
    identity: createHash('sha256').update(`${size} `).update(first).update(last).digest('hex'),
    head: zipped ? await headOf(chunks(0)) : first,
    sizeBytes: size,
    readBytes: () => skipped + (counter.raw?.bytesRead ?? 0),
    chunks(from) {
      skipped = zipped ? 0 : from;
      return chunks(from);
    },
  };
}

async function streamSource(): Promise<Source> {
  const counter = { bytes: 0 };
  const raw = counted(process.stdin as AsyncIterable<Buffer>, counter)[Symbol.asyncIterator]();
  const first = await raw.next();
  const begin = first.done ? Buffer.alloc(0) : first.value;
  const all = rejoined(begin, raw);
  const bytes = (isGzip(begin) ? unzipped(await readableOf(all)) : all)[Symbol.asyncIterator]();
  const next = await bytes.next();
  const head = next.done ? Buffer.alloc(0) : next.value;
  return {
    name: 'stdin',
    identity: randomUUID(),
    head,
    sizeBytes: null,
    readBytes: () => counter.bytes,
    chunks: () => rejoined(head, bytes),
  };
}

async function readableOf(bytes: AsyncIterable<Buffer>): Promise<Readable> {
  const { Readable: Stream } = await import('node:stream');
  return Stream.from(bytes);
}

function isGzip(bytes: Buffer): boolean {
  const other = OTHERS.find(([, magic]) => bytes.subarray(0, magic.length).equals(magic));
  if (other) throw new Error(`it is compressed with ${other[0]}: decompress it into sightline import -`);
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function unzipped(raw: Readable): AsyncIterable<Buffer> {
  // What goes wrong is thrown to whoever reads.
  return pipeline(raw, createGunzip({ chunkSize: READ_BYTES }), () => undefined);
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

async function headOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    if ((bytes += chunk.length) >= HEAD_BYTES) break;
  }
  return Buffer.concat(parts);
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

async function* rejoined(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
