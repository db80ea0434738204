import { anyEntry } from '../../access/access-entry.schema.js';
import { readRecords, type RecordParser } from '../../access/formats/index.js';
import { prepareEntry } from '../../access/prepare-entry.js';
import type { Clock } from '../../core/clock.js';
import type { FieldError } from '../../core/errors.js';
import { ChunkBuilder, type Chunk, type Position } from './chunk.js';

/** Entries of a transaction. It is part of what makes an import resumable: chunks of another size have other keys. */
export const CHUNK_RECORDS = 4_000;
const CHUNK_BYTES = 8 * 1024 * 1024;

export interface ReadOptions {
  projectId: number;
  clock: Clock;
  /** Of the first chunk. */
  number: number;
  begin: Position;
  /** Of what comes before the first record. */
  headerBytes: number;
}

/** A file that goes on for so long without the end of a record is none of the formats. */
const MOST_KEPT_BYTES = 64 * 1024 * 1024;

/** The records of a file from `begin` on, in chunks of CHUNK_RECORDS, or fewer where they are long. */
export async function* readChunks(
  parser: RecordParser,
  bytes: AsyncIterable<Buffer>,
  { projectId, clock, number, begin, headerBytes }: ReadOptions,
): AsyncGenerator<Chunk> {
  const kept = new KeptBytes(begin.byte);
  let builder = new ChunkBuilder(number, begin, headerBytes);
  for await (const records of readRecords(parser, kept.keep(bytes))) {
    const context = { projectId, receivedAt: clock.nowMs() * 1000, check: anyEntry };
    for (const record of records) {
      const prepared = record.errors ? record : prepareEntry(record.value, context);
      if (prepared.errors) builder.refuse(reasonOf(prepared.errors), record.endByte);
      else builder.accept({ ...prepared.entry, noteIp: prepared.entry.ip !== null }, record.endByte);
      if (builder.records < CHUNK_RECORDS && builder.bytes < CHUNK_BYTES) continue;
      const chunk = builder.build(kept.takeTo(builder.lastByte));
      yield chunk;
      builder = new ChunkBuilder(chunk.number + 1, chunk.end, 0);
    }
  }
  if (builder.records > 0) yield builder.build(kept.takeTo(builder.lastByte));
}

function reasonOf(errors: readonly FieldError[]): string {
  return errors.map(({ field, message }) => `${field} ${message}`.trim()).join('; ');
}

/** The bytes that went to the parser and are in no chunk yet. */
class KeptBytes {
  private parts: Buffer[] = [];
  private bytes = 0;

  constructor(private fromByte: number) {}

  async *keep(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of bytes) {
      this.parts.push(chunk);
      this.bytes += chunk.length;
      if (this.bytes > MOST_KEPT_BYTES) throw new Error('there is no end to a record: another --format?');
      yield chunk;
    }
  }

  takeTo(byte: number): Buffer {
    const all = Buffer.concat(this.parts);
    const length = byte - this.fromByte;
    this.fromByte = byte;
    this.parts = [all.subarray(length)];
    this.bytes -= length;
    return all.subarray(0, length);
  }
}
