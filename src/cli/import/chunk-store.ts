import { hash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AccessReceipt } from '../../core/access-entry.js';
import type { AccessStore } from '../../core/access-store.js';
import type { Clock } from '../../core/clock.js';
import { SightlineError } from '../../core/errors.js';
import type { Chunk, Position, Refusal } from './chunk.js';

const REMEMBERED_MS = 30 * 86_400_000;
const PATIENCE_MS = 60_000;
const RETRY_MS = 500;
/** Refusals that are remembered with a chunk, to be shown when the import goes on. */
const SHOWN = 10;

/** What became of a chunk; kept in the store with its key, in the transaction that stored it. */
export interface ChunkOutcome {
  records: number;
  stored: number;
  rejected: number;
  end: Position;
  first: Refusal[];
  /** What the store refused, with the index among the chunk's entries. */
  refusedByStore: { index: number; message: string }[];
}

/** Was it stored by this call? */
export type StoredChunk = ChunkOutcome & { before: boolean };

class NotStored extends Error {}

/** Stores each chunk of a file once, however often it is asked to. */
export class ChunkStore {
  constructor(
    private readonly store: AccessStore,
    private readonly clock: Clock,
    private readonly projectId: number,
    /** Of the file and how it is read. */
    private readonly identity: string,
  ) {}

  /** What became of a chunk that was stored earlier; null if it was not. */
  async find(number: number): Promise<ChunkOutcome | null> {
    const answer = (): never => {
      throw new NotStored();
    };
    try {
      const found = await this.patiently(() => this.store.appendOnce({ ...this.request(number), answer }));
      return found.answer as ChunkOutcome;
    } catch (error) {
      if (error instanceof NotStored) return null;
      throw error;
    }
  }

  async append(chunk: Chunk): Promise<StoredChunk> {
    const answer = (receipts: readonly AccessReceipt[]) => outcomeOf(chunk, receipts);
    const request = { ...this.request(chunk.number), entries: chunk.entries, answer };
    let attempts = 0;
    const once = await this.patiently(() => {
      attempts++;
      return this.store.appendOnce(request);
    });
    // After a failure nobody knows whether it was this call that stored it; then it was not stored before this run.
    const before = attempts === 1 && once.receipts.length < chunk.entries.length;
    return { ...(once.answer as ChunkOutcome), before };
  }

  private request(number: number) {
    const key = hash('sha256', `sightline import ${this.identity} ${number}`);
    const expiresAtMs = this.clock.nowMs() + REMEMBERED_MS;
    return { projectId: this.projectId, key, bodyDigest: key, entries: [], expiresAtMs };
  }

  // To store a chunk again is always safe: a database that is away for a while ends no import.
  private async patiently<T>(work: () => Promise<T>): Promise<T> {
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const passes = error instanceof SightlineError && error.code === 'storage_unavailable';
        if (!passes || performance.now() > untilMs) throw error;
        await delay(RETRY_MS);
      }
    }
  }
}

function outcomeOf(chunk: Chunk, receipts: readonly AccessReceipt[]): ChunkOutcome {
  const refusedByStore = receipts.flatMap((receipt, index) =>
    receipt.outcome === 'rejected' ? [{ index, message: receipt.message }] : [],
  );
  const rejected = chunk.refused.length + refusedByStore.length;
  const stored = receipts.length - refusedByStore.length;
  const first = refusalsOf(chunk, refusedByStore).slice(0, SHOWN).map(short);
  return { records: stored + rejected, stored, rejected, end: chunk.end, first, refusedByStore };
}

/** Every refusal of a chunk, by line. */
export function refusalsOf(chunk: Chunk, refusedByStore: ChunkOutcome['refusedByStore']): Refusal[] {
  const byStore = refusedByStore.map(({ index, message }) => chunk.refusalOf(index, message));
  return [...chunk.refused, ...byStore].sort((a, b) => a.line - b.line);
}

const SHOWN_CHARACTERS = 120;

// The database's JSON takes no NUL and no half of a surrogate pair.
function short({ line, reason, text }: Refusal): Refusal {
  const clean = text.slice(0, SHOWN_CHARACTERS).toWellFormed().replaceAll('\0', '\ufffd');
  return { line, reason, text: clean };
}
