import { connectionShares } from '../../config/query-share.js';
import type { Config } from '../../config/settings.js';
import { SightlineError } from '../../core/errors.js';
import { chunksOf } from '../../core/groups.js';

export interface GroupCommitLimits {
  /** Most records of one flush. */
  maxRows: number;
  /** Flushes in flight at once. */
  maxFlushes: number;
  /** Waiting records that justify a second flush beside one in flight; fewer wait for that one, unless it takes long. */
  overlapRows: number;
  /** Most records taken in and not yet acknowledged. */
  maxRecords: number;
  /** Most bytes taken in and not yet acknowledged. */
  maxBytes: number;
}

/** @param overlapRows for fewer the round trip costs more than the rows; for many more, database and server would idle by turns. */
export function limitsOf(config: Config, overlapRows = 1): GroupCommitLimits {
  return {
    maxRows: config.flushMaxRows,
    maxFlushes: connectionShares(config).ingest,
    overlapRows: Math.min(overlapRows, config.flushMaxRows),
    maxRecords: config.maxInFlightRecords,
    maxBytes: config.maxInFlightMb * 1024 * 1024,
  };
}

interface Waiting<Item, Receipt> {
  records: readonly Item[];
  bytes: number;
  resolve: (receipts: Receipt[]) => void;
  reject: (error: unknown) => void;
}

/**
 * Gathers what concurrent callers append while a flush is in flight, and writes it together: no timer.
 * A lone record on an idle server is written at once; under load flushes grow by themselves.
 */
export class GroupCommit<Item, Receipt> {
  private waiting: Waiting<Item, Receipt>[] = [];
  private waitingRows = 0;
  private pumping = false;
  private flushes = 0;
  /** A flush has taken longer than STALLED_MS: new records do not wait for it. */
  private stalled = false;
  private records = 0;
  private bytes = 0;
  /** When a flush last succeeded, or else when the first of the waiting records arrived. By `nowMs`. */
  private progressAtMs = 0;
  private stopping = false;
  private drained: (() => void) | undefined;

  constructor(
    private readonly flush: (records: readonly Item[]) => Promise<Receipt[]>,
    private readonly limits: GroupCommitLimits,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** Resolves with a receipt a record once they are durable. @throws SightlineError `overloaded`, `shutting_down` at once. */
  append(records: readonly Item[], bytes: number): Promise<Receipt[]> {
    const refusal = this.take(records.length, bytes);
    if (refusal) return Promise.reject(refusal);
    const { maxRows } = this.limits;
    if (records.length <= maxRows) return this.enqueue(records, bytes);
    const parts = [...chunksOf(records, maxRows)].map((part, i) => this.enqueue(part, i === 0 ? bytes : 0));
    return Promise.all(parts).then((receipts) => receipts.flat());
  }

  /** Runs what cannot share a flush with others, within the same bounds. @throws as `append` */
  async alone<T>(count: number, bytes: number, run: () => Promise<T>): Promise<T> {
    const refusal = this.take(count, bytes);
    if (refusal) throw refusal;
    try {
      const result = await run();
      this.progressAtMs = this.nowMs();
      return result;
    } finally {
      this.release(count, bytes);
    }
  }

  depth(): number {
    return this.records;
  }

  /**
   * Milliseconds that records have been waiting without any being stored; 0 where none wait. A flush that fails stores nothing:
   * one that times out at a lock every half minute is no progress.
   */
  stalledMs(): number {
    return this.records === 0 ? 0 : this.nowMs() - this.progressAtMs;
  }

  /** Takes nothing more in; resolves when all that was taken in is answered. */
  stop(): Promise<void> {
    this.stopping = true;
    if (this.records === 0) return Promise.resolve();
    return new Promise((resolve) => (this.drained = resolve));
  }

  /** Admits records, or gives the reason for refusing them. */
  private take(count: number, bytes: number): SightlineError | null {
    if (this.stopping) return shuttingDown();
    if (this.isFull(count, bytes)) return overloaded();
    if (this.records === 0) this.progressAtMs = this.nowMs();
    this.records += count;
    this.bytes += bytes;
    return null;
  }

  private release(count: number, bytes: number): void {
    this.records -= count;
    this.bytes -= bytes;
    if (this.records === 0) this.drained?.();
  }

  // A single append is admitted when nothing else waits, however large: it could never be stored otherwise.
  private isFull(count: number, bytes: number): boolean {
    if (this.records === 0) return false;
    return this.records + count > this.limits.maxRecords || this.bytes + bytes > this.limits.maxBytes;
  }

  private enqueue(records: readonly Item[], bytes: number): Promise<Receipt[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ records, bytes, resolve, reject });
      this.waitingRows += records.length;
      // The database works on these while the other requests of this turn are read.
      if (this.flushes > 0 && this.mayFlush()) return this.pump();
      // One tick later, so that requests that arrive in the same turn of the event loop share a flush.
      if (this.pumping) return;
      this.pumping = true;
      setImmediate(() => this.pump());
    });
  }

  private pump(): void {
    this.pumping = false;
    while (this.waiting.length > 0 && this.mayFlush()) {
      this.flushes++;
      void this.run(this.nextGroup());
    }
  }

  private mayFlush(): boolean {
    const { maxFlushes, overlapRows } = this.limits;
    if (this.flushes === 0) return true;
    return this.flushes < maxFlushes && (this.waitingRows >= overlapRows || this.stalled);
  }

  private nextGroup(): Waiting<Item, Receipt>[] {
    let rows = 0;
    let end = 0;
    while (end < this.waiting.length && rows + this.waiting[end].records.length <= this.limits.maxRows) {
      rows += this.waiting[end++].records.length;
    }
    const taken = this.waiting.slice(0, end);
    this.waiting = this.waiting.slice(end);
    this.waitingRows -= rows;
    return taken;
  }

  private async run(group: Waiting<Item, Receipt>[]): Promise<void> {
    const slow = setTimeout(() => this.stall(), STALLED_MS);
    const settle = await this.write(group);
    clearTimeout(slow);
    this.stalled = false;
    this.flushes--;
    this.pump();
    // The next flush starts before these callers continue: the database works while their answers are written.
    setImmediate(() => {
      settle();
      for (const { records, bytes } of group) this.release(records.length, bytes);
    });
  }

  /** Returns a function that settles the callers' promises. */
  private async write(group: Waiting<Item, Receipt>[]): Promise<() => void> {
    try {
      const receipts = await this.flush(
        group.length === 1 ? group[0].records : group.flatMap((g) => g.records),
      );
      this.progressAtMs = this.nowMs();
      return () => {
        let start = 0;
        for (const { records, resolve } of group) resolve(receipts.slice(start, (start += records.length)));
      };
    } catch (error) {
      return () => group.forEach(({ reject }) => reject(error));
    }
  }

  private stall(): void {
    this.stalled = true;
    this.pump();
  }
}

/** A slower flush is blocked by something: a lock, a disk, another process with the same events. */
const STALLED_MS = 50;

function overloaded(): SightlineError {
  return new SightlineError('overloaded', 'Too many records are waiting to be stored. Try again.', {
    retryAfterS: 1,
  });
}

function shuttingDown(): SightlineError {
  return new SightlineError('shutting_down', 'The server is shutting down. Try again.', { retryAfterS: 1 });
}
