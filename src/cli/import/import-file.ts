import type { AccessStore } from '../../core/access-store.js';
import type { Clock } from '../../core/clock.js';
import type { Chunk, Position, Refusal } from './chunk.js';
import { ChunkStore, refusalsOf } from './chunk-store.js';
import { detectFormat, headerBytes, parserOf, type Format } from './format.js';
import type { ImportLedger } from './ledger.js';
import { CHUNK_RECORDS, readChunks } from './read-chunks.js';
import type { Source } from './source.js';

export interface ImportOptions {
  projectId: number;
  format: Format | 'auto';
  /** Whatever is there already: store all of it once more. */
  again: string | null;
  /** Chunks on their way to the store at once. */
  inFlight: number;
  /** Is told of every refused record; then an import that goes on reads the file from its beginning, to find them. */
  onRefused: ((refusals: readonly Refusal[]) => void) | null;
  stop: AbortSignal;
}

/** Stores the entries of a file, and accounts for every record of it in `ledger`; goes on where an earlier import was ended. */
export async function importFile(
  source: Source,
  store: AccessStore,
  clock: Clock,
  ledger: ImportLedger,
  options: ImportOptions,
): Promise<void> {
  const format = options.format === 'auto' ? detectFormat(source.head) : options.format;
  const identity = `${source.identity} ${format === 'common' ? 'combined' : format} ${CHUNK_RECORDS} ${options.again ?? ''}`;
  const chunks = new ChunkStore(store, clock, options.projectId, identity);
  const { number, begin } = options.onRefused ? START : await skipStored(chunks, ledger, options.stop);
  const parser = parserOf(format, source.head, { byte: begin.byte, index: begin.record });
  const read = readChunks(parser, source.chunks(begin.byte), {
    projectId: options.projectId,
    clock,
    number,
    begin,
    headerBytes: begin.byte === 0 ? headerBytes(format, source.head) : 0,
  });
  await appendAll(read, chunks, ledger, options);
}

const START: { number: number; begin: Position } = { number: 0, begin: { byte: 0, record: 0, line: 0 } };

/** Passes over the chunks that an earlier import has stored. */
async function skipStored(chunks: ChunkStore, ledger: ImportLedger, stop: AbortSignal) {
  let { number, begin } = START;
  for (let found = await chunks.find(number); found && !stop.aborted; found = await chunks.find(number)) {
    ledger.add(found, true);
    begin = found.end;
    number++;
  }
  return { number, begin };
}

async function appendAll(
  read: AsyncIterable<Chunk>,
  chunks: ChunkStore,
  ledger: ImportLedger,
  { inFlight, onRefused, stop }: ImportOptions,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: Error | null = null;
  const append = async (chunk: Chunk) => {
    const outcome = await chunks.append(chunk);
    ledger.add(outcome, outcome.before);
    onRefused?.(refusalsOf(chunk, outcome.refusedByStore));
  };
  try {
    for await (const chunk of read) {
      if (failure !== null || stop.aborted) break;
      const one: Promise<void> = append(chunk)
        .catch((error: Error) => void (failure ??= error))
        .finally(() => running.delete(one));
      running.add(one);
      if (running.size >= inFlight) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
  if (failure) throw failure as Error;
}
