import type { NoteCounts } from '../../access/formats/index.js';
import type { AccessReceipt } from '../../core/records/access-entry.js';
import type { Answers } from './answers.js';
import type { Chunk, Position, Refusal } from './chunk.js';

/** Refusals that are remembered with a chunk, to be shown when the import goes on. */
const SHOWN = 10;

/** What became of a chunk; kept in the store with its key, in the transaction that stored it. */
export interface ChunkOutcome {
  records: number;
  stored: number;
  rejected: number;
  end: Position;
  first: Refusal[];
  notes: NoteCounts;
  /** What the store refused, with the index among the chunk's entries. */
  refusedByStore: { index: number; message: string }[];
}

/** Was it stored by this call? */
export type StoredChunk = ChunkOutcome & { before: boolean };

/** Stores each chunk of a file once, however often it is asked to. */
export class ChunkStore {
  constructor(
    private readonly answers: Answers,
    /** Of the file and how it is read. */
    private readonly identity: string,
  ) {}

  /** What became of the chunk that begins there; null if none was stored. */
  async find(begin: Position): Promise<ChunkOutcome | null> {
    return (await this.answers.find(this.nameOf(begin))) as ChunkOutcome | null;
  }

  /**
   * A chunk that an earlier import cut shorter, at what was then the end of the file, or at the same time another longer, is what
   * it was then: `end` says how far it goes.
   */
  async append(chunk: Chunk): Promise<StoredChunk> {
    const answer = (receipts: readonly AccessReceipt[]) => outcomeOf(chunk, receipts);
    const once = await this.answers.once(this.nameOf(chunk.begin), chunk.entries, answer);
    const outcome = once.answer as ChunkOutcome;
    // After a failure nobody knows whether it was this call that stored it; then it was not stored before this run.
    const isOther = once.receipts.length < chunk.entries.length || outcome.end.byte !== chunk.end.byte;
    const before = once.attempts === 1 && isOther;
    return { ...outcome, before };
  }

  private nameOf(begin: Position): string {
    return `${this.identity} ${begin.byte}`;
  }
}

/** What becomes of a chunk by what the store said of its entries. */
export function outcomeOf(chunk: Chunk, receipts: readonly AccessReceipt[]): ChunkOutcome {
  const refusedByStore = receipts.flatMap((receipt, index) =>
    receipt.outcome === 'rejected' ? [{ index, message: receipt.message }] : [],
  );
  const rejected = chunk.refusedCount + refusedByStore.length;
  const stored = receipts.length - refusedByStore.length;
  const first = refusalsOf(chunk, refusedByStore).slice(0, SHOWN).map(short);
  const { end, notes } = chunk;
  return { records: stored + rejected, stored, rejected, end, first, notes, refusedByStore };
}

/** Every refusal of a chunk, by line. */
export function refusalsOf(chunk: Chunk, refusedByStore: ChunkOutcome['refusedByStore']): Refusal[] {
  const byStore = refusedByStore.map(({ index, message }) => chunk.refusalOf(index, message));
  return [...chunk.refused(), ...byStore].sort((a, b) => a.line - b.line);
}

const SHOWN_CHARACTERS = 120;

// The database's JSON takes no NUL and no half of a surrogate pair.
function short({ line, reason, text }: Refusal): Refusal {
  const clean = text.slice(0, SHOWN_CHARACTERS).toWellFormed().replaceAll('\0', '\ufffd');
  return { line, reason, text: clean };
}
