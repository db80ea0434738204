import { Admission } from '../../core/counting/admission.js';
import type { FoldedRecords } from '../../core/counting/admission.js';
import type { CountStore, CountTransaction, ListedBlock } from '../../core/counting/count-store.js';
import { CountedRecords } from '../../core/counting/counted-records.js';
import { Fold, type Folded } from '../../core/counting/fold.js';
import type { PendingBlocks } from '../../core/counting/pending-blocks.js';
import { minuteExpiry, sketchMinuteExpiry } from '../../core/counting/time-cover.js';
import { chunksOf, groupsOf } from '../../core/groups.js';
import { RecordCounter, type Backlog, type CountOptions } from '../../core/ports/record-counter.js';
import { Yielder } from '../../core/yielder.js';
import { BucketParts, type PartLimits } from './bucket-parts.js';

export interface CounterLimits extends PartLimits {
  /** Most records of a transaction. */
  batchRecords: number;
  /** Memory that they take in columns, about: names may have two thousand bytes each. */
  batchBytes: number;
}

const LIMITS: CounterLimits = {
  batchRecords: 150_000,
  batchBytes: 24_000_000,
  mostParts: 8,
  settledAfterMs: 60_000,
};
/** Records folded in one turn of the event loop. */
const TURN_RECORDS = 1_000;
/** Records that are read by one statement: some hundred bytes each, up to 20 MB together. */
const READ_RECORDS = 5_000;

/** Records that are counted without waiting for more; the bound rises where each bucket would get only a few. */
const DUE_RECORDS = 5_000;
const DUE_RECORDS_A_BUCKET = 20;
/** Seconds of rest for each second of counting, so that other work gets its turn. */
const REST = 1;

/** What one transaction counts. */
interface Batch {
  /** Of its blocks. */
  ids: number[];
  records: CountedRecords;
  /** There are more blocks. */
  isMore: boolean;
}

/** Counts one kind of record in one store. */
export class Counter extends RecordCounter {
  private readonly limits: CounterLimits;
  private readonly parts: BucketParts;
  private seen = { records: 0, ageMs: 0 };
  /** When that was seen, or some of it was counted. By performance.now(). */
  private progressAtMs = performance.now();
  /** Records that are worth a transaction, estimated from the buckets of the last one. */
  private worth = DUE_RECORDS;
  /** Until then only records that have waited too long are a reason to count. By performance.now(). */
  private restsUntilMs = 0;

  constructor(
    private readonly store: CountStore,
    private readonly pending: PendingBlocks,
    limits: Partial<CounterLimits> = {},
  ) {
    super();
    this.limits = { ...LIMITS, ...limits };
    this.parts = new BucketParts(this.limits);
  }

  backlog(): Backlog {
    const { records, ageMs } = this.seen;
    const idleMs = performance.now() - this.progressAtMs;
    return { records, ageMs: records === 0 ? 0 : ageMs + idleMs, idleMs };
  }

  /** One transaction for each batch of the oldest blocks: a process killed in the middle of one has counted nothing of it. */
  async count(options: CountOptions): Promise<FoldedRecords[]> {
    const folded: FoldedRecords[] = [];
    if (!(await this.isDue(options))) {
      if (this.parts.hasSettled) await this.parts.merge(this.store);
      return folded;
    }
    const begunMs = performance.now();
    for (let isMore = true; isMore && !options.stop?.aborted;) {
      let ids: number[] = [];
      let told: FoldedRecords[] = [];
      const isDone = await this.store.count(async (transaction) => {
        const batch = await this.oldest(transaction);
        ({ ids, isMore } = batch);
        told = ids.length > 0 ? await this.move(transaction, batch, options) : [];
      });
      if (!isDone) break;
      this.progressAtMs = performance.now();
      this.pending.forget(ids);
      folded.push(...told);
    }
    const endedMs = performance.now();
    this.restsUntilMs = endedMs + REST * (endedMs - begunMs);
    return folded;
  }

  private async isDue({ patienceMs = 0 }: CountOptions): Promise<boolean> {
    const here = this.pending.ids();
    const blocks = await this.store.backlog();
    // Blocks known here that the store no longer lists were counted by another process.
    const waiting = new Set(blocks.map(({ id }) => id));
    this.pending.forget(here.filter((id) => !waiting.has(id)));
    this.seen = {
      records: sizeOf(blocks),
      ageMs: blocks.reduce((oldest, { ageMs }) => Math.max(oldest, ageMs), 0),
    };
    this.progressAtMs = performance.now();
    const isWorth = this.seen.records >= this.worth && performance.now() >= this.restsUntilMs;
    return blocks.length > 0 && (isWorth || this.seen.ageMs >= patienceMs);
  }

  private async move(
    transaction: CountTransaction,
    { ids, records }: Batch,
    { now, maxNames }: CountOptions,
  ): Promise<FoldedRecords[]> {
    const { kind } = this.store;
    await transaction.forget(records);
    const order = records.inOrder();
    const admission = new Admission(kind);
    const yielder = new Yielder(TURN_RECORDS);
    for (const some of chunksOf(order, TURN_RECORDS)) {
      for (const i of some) admission.add(records, i);
      await yielder.after(some.length);
    }
    const told = await admission.settle(transaction, maxNames);
    const firstMinutes = { counts: minuteExpiry(now), sketches: sketchMinuteExpiry(now) };
    const fold = new Fold(kind, firstMinutes, admission.admitted);
    let buckets = 0;
    // What is folded is written while the next is being folded: neither side waits for the other.
    let writing = Promise.resolve();
    const writeFolded = async (): Promise<void> => {
      const folded = fold.take();
      buckets += folded.rows.length;
      await writing;
      writing = this.write(transaction, folded);
      // awaited later, and once it has failed perhaps never
      writing.catch(() => {});
    };
    for (const some of chunksOf(order, TURN_RECORDS)) {
      for (const i of some) fold.add(records, i);
      await writeFolded();
      await yielder.after(some.length);
    }
    fold.end();
    await writeFolded();
    await writing;
    this.worth = Math.min(this.limits.batchRecords, Math.max(DUE_RECORDS, DUE_RECORDS_A_BUCKET * buckets));
    await transaction.remove(ids);
    return told;
  }

  /** Adds what has been folded to the rollups. */
  private async write(transaction: CountTransaction, { rows, sketches }: Folded): Promise<void> {
    await this.parts.add(transaction, rows, sketches);
    if (!this.store.kind.hasHours) return;
    const hours = rows.filter(({ tier }) => tier === 60);
    const distinct = new Map(hours.map((row) => [`${row.projectId} ${row.bucket}`, row]));
    const raised = [...distinct.values()].map(({ projectId, bucket }) => ({ projectId, hour: bucket }));
    if (raised.length > 0) await transaction.raiseHours(raised);
  }

  /** The oldest records, without those of projects that were removed: nobody would remove what counts them. */
  private async oldest(transaction: CountTransaction): Promise<Batch> {
    const { kind } = this.store;
    const { batchRecords, batchBytes } = this.limits;
    const listed = await transaction.oldest(batchRecords);
    const ids: number[] = [];
    const tables: CountedRecords[] = [];
    let bytes = 0;
    for (const some of groupsOf(listed, ({ size }) => size, READ_RECORDS)) {
      if (bytes >= batchBytes) break;
      const { here, missing } = this.pending.of(some.map(({ id }) => id));
      const read = missing.length > 0 ? await transaction.blocks(missing) : [];
      const added = [...here, ...read.map(({ rows }) => CountedRecords.fromRows(kind, rows))];
      bytes += added.reduce((sum, table) => sum + table.bytes, 0);
      tables.push(...added);
      ids.push(...some.map(({ id }) => id));
    }
    const projects = new Set(tables.flatMap((records) => [...new Set(records.projects)]));
    const existing = await transaction.projects([...projects]);
    return {
      ids,
      records: CountedRecords.concat(kind, tables, (id) => existing.has(id)),
      isMore: ids.length < listed.length || sizeOf(listed) >= batchRecords,
    };
  }
}

function sizeOf(blocks: readonly ListedBlock[]): number {
  return blocks.reduce((sum, { size }) => sum + size, 0);
}
