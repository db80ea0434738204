import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BucketRow, CountStore, CountTransaction, ListedBlock } from '../../core/count-store.js';
import { Admission } from '../../core/counting/admission.js';
import type { Cells } from '../../core/counting/cells.js';
import { Fold, type Bucket, type SketchedBucket } from '../../core/counting/fold.js';
import type { CountedRow } from '../../core/counting/kind.js';
import type { PendingBlocks } from '../../core/counting/pending-blocks.js';
import { RecordCounter, type Backlog, type CountOptions } from '../../core/record-counter.js';
import type { FoldedRecords } from '../../core/store-maintenance.js';
import { minuteExpiry, sketchMinuteExpiry } from '../../core/time-cover.js';

/** Records of a transaction: with timestamps all over a month they are in about as many buckets. */
const BATCH_RECORDS = 30_000;
const DAY = 86_400_000_000;
/** Records folded in one turn of the event loop. */
const TURN_RECORDS = 1_000;
/** Rows of rollups, or sketches, merged at once. */
const CHUNK = 100;

/** So many records are counted without waiting for more; more of them where each bucket would have but few. */
const DUE_RECORDS = 5_000;
const DUE_RECORDS_A_BUCKET = 5;
/** What took a second rests for so many: a bucket with ten thousand names costs the same for few records and for many. */
const REST = 6;

/** Counts one kind of record in one store. */
export class Counter extends RecordCounter {
  private seen: Backlog = { records: 0, ageMs: 0 };
  /** Records that are worth a transaction, by how many buckets the last one had. */
  private worth = DUE_RECORDS;
  /** Until then only patience that has ended is a reason to count. By performance.now(). */
  private restsUntilMs = 0;

  constructor(
    private readonly store: CountStore,
    private readonly pending: PendingBlocks,
    private readonly batchRecords = BATCH_RECORDS,
  ) {
    super();
  }

  backlog(): Backlog {
    return this.seen;
  }

  /** A transaction for each batch of the oldest blocks: who is killed in the middle of one has counted nothing of it. */
  async count(options: CountOptions): Promise<FoldedRecords[]> {
    const folded: FoldedRecords[] = [];
    if (!(await this.isDue(options))) return folded;
    const begunMs = performance.now();
    for (let isMore = true; isMore && !options.stop?.aborted;) {
      let counted: ListedBlock[] = [];
      let told: FoldedRecords[] = [];
      const isDone = await this.store.count(async (transaction) => {
        counted = await transaction.oldest(this.batchRecords);
        told = counted.length > 0 ? await this.move(transaction, counted, options) : [];
      });
      if (!isDone) break;
      this.pending.forget(counted.map(({ id }) => id));
      folded.push(...told);
      isMore = sizeOf(counted) >= this.batchRecords;
    }
    const endedMs = performance.now();
    this.restsUntilMs = endedMs + REST * (endedMs - begunMs);
    return folded;
  }

  private async isDue({ patienceMs = 0 }: CountOptions): Promise<boolean> {
    const here = this.pending.ids();
    const blocks = await this.store.backlog();
    // What is here and was not there any more was counted by another process.
    const waiting = new Set(blocks.map(({ id }) => id));
    this.pending.forget(here.filter((id) => !waiting.has(id)));
    this.seen = {
      records: sizeOf(blocks),
      ageMs: blocks.reduce((oldest, { ageMs }) => Math.max(oldest, ageMs), 0),
    };
    const isWorth = this.seen.records >= this.worth && performance.now() >= this.restsUntilMs;
    return blocks.length > 0 && (isWorth || this.seen.ageMs >= patienceMs);
  }

  private async move(
    transaction: CountTransaction,
    listed: readonly ListedBlock[],
    { now, maxNames }: CountOptions,
  ): Promise<FoldedRecords[]> {
    const { kind } = this.store;
    const rows = await this.rowsOf(transaction, listed);
    const admission = new Admission(kind);
    await inTurns(rows, (row) => admission.add(row));
    const told = await admission.settle(transaction, maxNames);
    const firstMinutes = { counts: minuteExpiry(now), sketches: sketchMinuteExpiry(now) };
    let buckets = 0;
    // The buckets of a day are of that day alone: others need not be in memory with them.
    for (const ofDay of byDay(rows)) {
      const fold = new Fold(kind, firstMinutes);
      await inTurns(ofDay, (row) => fold.add(row, admission.admitted));
      buckets += await this.write(transaction, fold);
    }
    this.worth = Math.min(this.batchRecords, Math.max(DUE_RECORDS, DUE_RECORDS_A_BUCKET * buckets));
    await transaction.remove(listed.map(({ id }) => id));
    return told;
  }

  /** Adds what is folded to the rollups; gives how many buckets it had. */
  private async write(transaction: CountTransaction, fold: Fold): Promise<number> {
    const { buckets, sketches } = fold.lift();
    for (const some of chunks(buckets)) await addBuckets(transaction, some);
    for (const some of chunks(sketches)) await addSketches(transaction, some);
    if (this.store.kind.hasHours) {
      const hours = buckets.filter(({ key }) => key.tier === 60).map(({ key }) => key);
      const distinct = new Map(hours.map((key) => [`${key.projectId} ${key.bucket}`, key]));
      await transaction.raiseHours(
        [...distinct.values()].map(({ projectId, bucket }) => ({ projectId, hour: bucket })),
      );
    }
    return buckets.length;
  }

  /** Without those of projects that were removed: nobody would remove what counts them. */
  private async rowsOf(transaction: CountTransaction, listed: readonly ListedBlock[]): Promise<CountedRow[]> {
    const { here, missing } = this.pending.of(listed.map(({ id }) => id));
    const read = missing.length > 0 ? await transaction.blocks(missing) : [];
    const rows = [...here, ...read].flatMap((block) => block.rows);
    const projects = await transaction.projects([...new Set(rows.map(([projectId]) => projectId))]);
    return rows.filter(([projectId]) => projects.has(projectId));
  }
}

async function addBuckets(transaction: CountTransaction, buckets: readonly Bucket[]): Promise<void> {
  const stored = await transaction.rows(buckets.map(({ key }) => key));
  await transaction.putRows(
    buckets.map(({ key, cells }, i): BucketRow => {
      const counts: BucketRow['counts'] = [];
      const histograms: BucketRow['histograms'] = [];
      for (const [dimension, added] of cells.entries()) {
        const merged = added && merge(added, stored[i], dimension);
        counts.push(merged && merged.countsJson());
        histograms.push(merged && merged.histogramsJson());
      }
      return { ...key, counts, histograms };
    }),
  );
}

function merge(added: Cells, stored: BucketRow | null, dimension: number): Cells {
  const counts = stored?.counts[dimension];
  const histograms = stored?.histograms[dimension];
  if (counts) added.mergeCounts(counts);
  if (histograms) added.mergeHistograms(histograms);
  return added;
}

async function addSketches(
  transaction: CountTransaction,
  sketched: readonly SketchedBucket[],
): Promise<void> {
  const keys = sketched.map(({ key }) => key);
  const stored = await transaction.sketches(keys);
  const merged = sketched.map(({ sketch }, i) => {
    const bytes = stored[i];
    if (bytes) sketch.mergeBytes(bytes);
    return sketch.toBytes();
  });
  await transaction.putSketches(keys, merged);
}

/** By the UTC day of their timestamps. */
function byDay(rows: readonly CountedRow[]): Iterable<CountedRow[]> {
  return Map.groupBy(rows, ([, , timestamp]) => Math.floor(timestamp / DAY)).values();
}

function sizeOf(blocks: readonly ListedBlock[]): number {
  return blocks.reduce((sum, { size }) => sum + size, 0);
}

/** Others have their turn in between. */
async function inTurns<T>(items: readonly T[], work: (item: T) => void): Promise<void> {
  for (let from = 0; from < items.length; from += TURN_RECORDS) {
    if (from > 0) await nextTurn();
    for (const item of items.slice(from, from + TURN_RECORDS)) work(item);
  }
}

function* chunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += CHUNK) yield items.slice(at, at + CHUNK);
}
