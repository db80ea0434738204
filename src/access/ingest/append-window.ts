import { setTimeout as delay } from 'node:timers/promises';
import { SightlineError } from '../../core/errors.js';
import type { AccessReceipt, NewAccessEntry } from '../../core/records/access-entry.js';
import type { RecordError } from '../../http/query/record-schema.js';
import { entryBytes } from '../prepare-entry.js';
import type { IngestTally } from './ingest-tally.js';

/** Chunks of one request in flight at once: enough to keep the database busy, few enough to leave room for other requests. */
const MAX_IN_FLIGHT = 3;
const RETRY_MS = 20;

/** Entries that are stored together, and where in the body they stood. */
export class EntryChunk {
  readonly entries: NewAccessEntry[] = [];
  bytes = 0;
  private readonly indexes: number[] = [];

  add(entry: NewAccessEntry, index: number): void {
    this.entries.push(entry);
    this.indexes.push(index);
    this.bytes += entryBytes(entry);
  }

  addAll({ entries, indexes }: EntryChunk): void {
    for (let i = 0; i < entries.length; i++) this.add(entries[i], indexes[i]);
  }

  /** Tallies what the store said of these entries. */
  settle(receipts: readonly AccessReceipt[], account: IngestTally): void {
    for (let i = 0; i < receipts.length; i++) {
      const receipt = receipts[i];
      if (receipt.outcome !== 'rejected') account.accept();
      else account.refuse(this.indexes[i], [refusedByStore(receipt.message)]);
    }
  }
}

/** Stores the chunks of one request, a few at a time: `send` waits until there is room for its chunk. */
export class AppendWindow {
  private readonly inFlight = new Set<Promise<void>>();
  private taken = 0;
  private failures: unknown[] = [];

  constructor(
    private readonly append: (chunk: EntryChunk) => Promise<void>,
    /** How long the rest of a request is retried while the server is overloaded. */
    private readonly patienceMs: number,
  ) {}

  /** @throws what an earlier chunk failed with */
  async send(chunk: EntryChunk): Promise<void> {
    while (this.inFlight.size >= MAX_IN_FLIGHT) await Promise.race(this.inFlight);
    this.throwFailure();
    const sent: Promise<void> = this.appendPatiently(chunk)
      .catch((error: unknown) => void this.failures.push(error))
      .finally(() => this.inFlight.delete(sent));
    this.inFlight.add(sent);
  }

  /** Resolves once all that was sent is stored. @throws as `send` */
  async drain(): Promise<void> {
    await Promise.all(this.inFlight);
    this.throwFailure();
  }

  // While nothing of a request is stored it is refused at once; once some of it is stored, the rest has to follow.
  private async appendPatiently(chunk: EntryChunk): Promise<void> {
    const untilMs = performance.now() + this.patienceMs;
    for (;;) {
      try {
        await this.append(chunk);
        this.taken++;
        return;
      } catch (error) {
        if (!isOverloaded(error) || this.isFirst() || performance.now() > untilMs) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  private isFirst(): boolean {
    return this.taken === 0 && this.inFlight.size <= 1;
  }

  private throwFailure(): void {
    if (this.failures.length > 0) throw this.failures[0];
  }
}

function isOverloaded(error: unknown): boolean {
  return error instanceof SightlineError && error.code === 'overloaded';
}

export function refusedByStore(message: string): RecordError {
  return { field: '', message, type: 'value' };
}
