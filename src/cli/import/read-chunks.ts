import { anyEntry } from '../../access/access-entry.schema.js';
import { cutOff, readRecords, type RecordParser } from '../../access/formats/index.js';
import { prepareEntry, type PrepareContext } from '../../access/prepare-entry.js';
import { tolerated } from '../../access/tolerated.js';
import type { FieldError } from '../../core/errors.js';
import type { Clock } from '../../core/ports/clock.js';
import { ChunkBuilder, type Chunk, type Position } from './chunk.js';
import { KeptBytes } from './kept-bytes.js';

type RawRecord = ReturnType<RecordParser['write']>[number];

/** Entries of a transaction. */
const CHUNK_RECORDS = 4_000;
const CHUNK_BYTES = 8 * 1024 * 1024;

export interface ReadOptions {
  projectId: number;
  clock: Clock;
  begin: Position;
  /** Of what the parser reads, or is not given, before the first record. */
  leadingBytes: number;
  /** Of `leadingBytes`, what the parser is not given. */
  hiddenBytes: number;
  /** May an entry have neither address nor path? */
  mayBeBare: boolean;
  /** May the last line be the beginning of one that is still being written? Then this says whether it looks whole. */
  mayGrow: boolean;
  looksWhole: (line: string) => boolean;
}

/**
 * The records of a file from `begin` on, in chunks of 4,000, or fewer where they are long.
 * @throws what `bytes` throws, behind the chunks of all that is whole before
 */
export async function* readChunks(
  parser: RecordParser,
  bytes: AsyncIterable<Buffer>,
  { projectId, clock, begin, leadingBytes, hiddenBytes, mayBeBare, mayGrow, looksWhole }: ReadOptions,
): AsyncGenerator<Chunk> {
  const kept = new KeptBytes(begin.byte);
  let builder = new ChunkBuilder(begin, leadingBytes);
  const finish = (isOpen = false): Chunk => {
    const chunk = builder.build(kept.takeTo(builder.lastByte), isOpen);
    builder = new ChunkBuilder(chunk.end, 0);
    return chunk;
  };
  for await (const records of readRecords(parser, kept.keep(bytes, hiddenBytes), () => !kept.failure)) {
    const receivedAt = clock.nowMs() * 1000;
    const context = { projectId, receivedAt, check: anyEntry, mayBeBare, knowsTime: true };
    for (const record of records) {
      const isOpen = mayGrow && kept.endsOpenAt(record.endByte);
      if (isOpen && builder.records > 0) yield finish();
      if (isOpen && !looksWhole(kept.textFrom(builder.lastByte)))
        builder.refuse(cutOff.message, record.endByte);
      else addRecord(builder, record, context);
      if (isOpen || builder.records >= CHUNK_RECORDS || builder.bytes >= CHUNK_BYTES) yield finish(isOpen);
    }
  }
  if (builder.records > 0) yield finish();
  if (kept.failure) throw kept.failure;
}

function addRecord(builder: ChunkBuilder, record: RawRecord, context: PrepareContext): void {
  let { notes } = record;
  let prepared = record.errors ? record : prepareEntry(record.value, context);
  const other = prepared.errors && !record.errors ? tolerated(record.value) : null;
  if (other) {
    prepared = prepareEntry(other.raw, context);
    notes = notes ? [...notes, ...other.notes] : other.notes;
  }
  if (prepared.errors) builder.refuse(reasonOf(prepared.errors), record.endByte);
  else builder.accept({ ...prepared.entry, upsertIp: prepared.entry.ip !== null }, record.endByte, notes);
}

function reasonOf(errors: readonly FieldError[]): string {
  return errors.map(({ field, message }) => `${field} ${message}`.trim()).join('; ');
}
