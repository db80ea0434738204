import { hash } from 'node:crypto';
import { hasCrLines, withLineFeeds } from '../../access/formats/index.js';
import type { AccessStore } from '../../core/ports/access-store.js';
import type { Clock } from '../../core/ports/clock.js';
import { Answers } from './answers.js';
import { ChunkStore, outcomeOf, refusalsOf } from './chunk-store.js';
import type { Chunk, Position, Refusal } from './chunk.js';
import { detectFormat, headerBytes, lookWhole, parserOf, type Format } from './format.js';
import type { ImportLedger } from './ledger.js';
import { readChunks } from './read-chunks.js';
import { restOfLine, type Source } from './source.js';

export interface ImportOptions {
  projectId: number;
  format: Format | 'auto';
  /** Something new, to store everything once more, whatever is stored already. */
  again: string | null;
  /** Chunks on their way to the store at once. */
  inFlight: number;
  /** Is told of every refused record; then an import that goes on reads the file from its beginning, to find them. */
  onRefused: ((refusals: readonly Refusal[]) => void) | null;
  stop: AbortSignal;
}

/**
 * Stores the entries of a file, and accounts for every record of it in `ledger`; goes on where an earlier import was ended, or
 * where the file was.
 */
export async function importFile(
  file: Source,
  store: AccessStore,
  clock: Clock,
  ledger: ImportLedger,
  options: ImportOptions,
): Promise<void> {
  const source = hasCrLines(file.head) ? withLines(file) : file;
  const format = options.format === 'auto' ? detectFormat(source.head) : options.format;
  ledger.format = format;
  const answers = new Answers(store, clock, options.projectId);
  const identity = await identityOf(answers, file, options.again);
  const chunks = new ChunkStore(answers, `${identity} ${format === 'common' ? 'combined' : format}`);
  const begin = options.onRefused ? START : await skipStored(chunks, ledger, options.stop);
  const hiddenBytes = await restOfLine(source, begin.byte);
  const start = { byte: begin.byte + hiddenBytes, index: begin.record };
  const read = readChunks(parserOf(format, source.head, start), source.chunks(begin.byte), {
    projectId: options.projectId,
    clock,
    begin,
    leadingBytes: begin.byte === 0 ? headerBytes(format, source.head) : hiddenBytes,
    hiddenBytes,
    mayBeBare: format === 'combined' || format === 'common',
    mayGrow: source.inode !== null,
    looksWhole: lookWhole(format, source.head),
  });
  await appendAll(read, chunks, ledger, options);
}

const START: Position = { byte: 0, record: 0, line: 0 };

function withLines(source: Source): Source {
  return {
    ...source,
    head: withLineFeeds(source.head),
    async *chunks(from) {
      for await (const chunk of source.chunks(from)) yield withLineFeeds(chunk);
    },
  };
}

/** Passes over the chunks that an earlier import has stored. */
async function skipStored(chunks: ChunkStore, ledger: ImportLedger, stop: AbortSignal): Promise<Position> {
  let begin = START;
  for (let found = await chunks.find(begin); found && !stop.aborted; found = await chunks.find(begin)) {
    ledger.add(found, true);
    begin = found.end;
  }
  return begin;
}

async function appendAll(
  read: AsyncIterable<Chunk>,
  chunks: ChunkStore,
  ledger: ImportLedger,
  { inFlight, onRefused, stop }: ImportOptions,
): Promise<void> {
  const running = new Set<Promise<void>>();
  let failure: Error | null = null;
  const append = async (chunk: Chunk): Promise<void> => {
    // A partial last line is left to the next import, unless it passes for a whole one.
    if (chunk.isOpen && chunk.entries.length === 0) {
      ledger.add(outcomeOf(chunk, []), false);
      return onRefused?.(chunk.refused());
    }
    const outcome = await chunks.append(chunk);
    ledger.add(outcome, outcome.before);
    const [now, later] = outcome.end.byte < chunk.end.byte ? chunk.splitAt(outcome.end) : [chunk, null];
    onRefused?.(refusalsOf(now, outcome.refusedByStore));
    if (later) await append(later);
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

/**
 * What the chunks of a file are stored under. A log that has grown or was renamed since is known again: by its inode, and by how it
 * began when it was first seen. One that was truncated to be written anew (copytruncate), or that has the inode of one that is gone,
 * begins otherwise: it is another file. `again`: as if it had not been seen, from now on.
 */
async function identityOf(answers: Answers, source: Source, again: string | null): Promise<string> {
  const identity = again === null ? source.identity : `${source.identity} ${again}`;
  if (source.inode === null || source.head.length === 0) return identity;
  const seen = { identity, headBytes: source.head.length, headDigest: digest(source.head) };
  let known: SeenFile | null = null;
  for (let turn = 0; ; turn++) {
    const name = `inode ${source.inode} ${turn}`;
    const file = (await answers.find(name)) as SeenFile | null;
    // The last one counts: after --again it goes on from there.
    if (file && begins(source, file)) known = file;
    if (file) continue;
    if (known && again === null) return known.identity;
    const kept = (await answers.once(name, [], () => seen)).answer as SeenFile;
    if (begins(source, kept)) return kept.identity;
  }
}

/** How a file was when it was first seen under its inode. */
interface SeenFile {
  identity: string;
  headBytes: number;
  headDigest: string;
}

function begins({ head }: Source, { headBytes, headDigest }: SeenFile): boolean {
  return head.length >= headBytes && digest(head.subarray(0, headBytes)) === headDigest;
}

function digest(bytes: Buffer): string {
  return hash('sha256', bytes);
}
