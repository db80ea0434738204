import { Cells } from '../../core/counting/cells.js';
import {
  bucketId,
  type BucketKey,
  type BucketRow,
  type CountStore,
  type CountTransaction,
  type Divided,
  type SketchKey,
  type SketchRow,
} from '../../core/counting/count-store.js';
import { bucketRow } from '../../core/counting/fold.js';
import { UniqueSketch } from '../../core/counting/unique-sketch.js';
import { chunksOf } from '../../core/groups.js';

/** Rows of rollups, or sketches, in one statement: some 60 kB each. 100 took an eighth more CPU, as did 8. */
const CHUNK = 25;
/** Buckets whose parts are merged in one turn of the event loop. */
const CHUNK_OF_PARTS = 10;
/**
 * A sketch of at most so many bytes, 500 hashes, becomes a part: to put 50 users into each quarter of an hour of a month, all its
 * sketches, 24 kB each and more, would be read and written again. A larger one is merged at once.
 */
const SMALL_SKETCH_BYTES = 4_096;
/** Buckets, and sketches, in one transaction: some tenths of a second. */
const MOST_MERGED = 500;
/** Buckets that are remembered as having several parts; past it those of the next ones are merged at once. */
const MOST_REMEMBERED = 50_000;

export interface PartLimits {
  /** Parts at which a bucket is merged: a lower bound means more writes, a higher one more to read. */
  mostParts: number;
  /** Milliseconds after the last part at which it is merged, however few there are. */
  settledAfterMs: number;
}

/**
 * Puts folded records into the rollups. What is added to a bucket, or a small sketch, becomes a part of it beside those that it
 * has; parts add up. They are merged when they are many, and when nothing more has come for a while. Which these are a process looks up
 * once, for what was left when another one ended, and then remembers.
 */
export class BucketParts {
  private readonly rows: Remembered<BucketKey>;
  private readonly sketches: Remembered<SketchKey>;
  private isLookedUp = false;

  constructor(private readonly limits: PartLimits) {
    this.rows = new Remembered(limits.settledAfterMs);
    this.sketches = new Remembered(limits.settledAfterMs);
  }

  async add(
    transaction: CountTransaction,
    rows: readonly BucketRow[],
    sketches: readonly SketchRow[],
  ): Promise<void> {
    for (const some of chunksOf(rows, CHUNK)) {
      const divided = await transaction.addParts(some);
      await mergeRows(transaction, this.crowded(divided, this.rows));
    }
    for (const some of chunksOf(sketches, CHUNK)) {
      const { small = [], large = [] } = Object.groupBy(some, ({ sketch }) =>
        sketch.length <= SMALL_SKETCH_BYTES ? 'small' : 'large',
      );
      const divided = await transaction.addSketchParts(small);
      await mergeSketches(transaction, this.crowded(divided, this.sketches));
      const stored = await transaction.sketchParts(large);
      await transaction.replaceSketches(
        large.map((row, i) => ({ ...row, sketch: unionOf([...stored[i], row.sketch]) })),
      );
    }
  }

  /** Are there buckets that nothing more has been added to for a while? */
  get hasSettled(): boolean {
    return !this.isLookedUp || this.rows.hasSettled || this.sketches.hasSettled;
  }

  /** Merges the parts of some of them, in a transaction; they are forgotten when it has ended well. */
  async merge(store: CountStore): Promise<void> {
    let rows: BucketKey[] = [];
    let sketches: SketchKey[] = [];
    const isDone = await store.count(async (transaction) => {
      if (!this.isLookedUp) await this.lookUp(transaction);
      rows = this.rows.settled(MOST_MERGED);
      sketches = this.sketches.settled(MOST_MERGED);
      await mergeRows(transaction, rows);
      await mergeSketches(transaction, sketches);
    });
    if (!isDone) return;
    for (const key of rows) this.rows.forget(key);
    for (const key of sketches) this.sketches.forget(key);
  }

  private async lookUp(transaction: CountTransaction): Promise<void> {
    for (const key of await transaction.dividedBuckets(MOST_REMEMBERED)) this.rows.add(key);
    for (const key of await transaction.dividedSketches(MOST_REMEMBERED)) this.sketches.add(key);
    this.isLookedUp = true;
  }

  /** Those that have too many parts. The others are remembered; none is forgotten before its transaction has ended. */
  private crowded<Key extends BucketKey>(
    divided: readonly Divided<Key>[],
    remembered: Remembered<Key>,
  ): Key[] {
    const crowded = divided.filter(({ key, parts }) => {
      const isCrowded = parts >= this.limits.mostParts || !remembered.hasRoom;
      if (!isCrowded) remembered.add(key);
      return isCrowded;
    });
    return crowded.map(({ key }) => key);
  }
}

/** The keys of buckets in several parts, in the order in which the last one was added. */
class Remembered<Key extends BucketKey> {
  private readonly keys = new Map<string, { key: Key; atMs: number }>();

  constructor(private readonly settledAfterMs: number) {}

  get hasRoom(): boolean {
    return this.keys.size < MOST_REMEMBERED;
  }

  get hasSettled(): boolean {
    return this.settled(1).length > 0;
  }

  add(key: Key): void {
    this.forget(key);
    this.keys.set(idOf(key), { key, atMs: performance.now() });
  }

  forget(key: Key): void {
    this.keys.delete(idOf(key));
  }

  /** Those that nothing was added to for a while, so many at most. */
  settled(most: number): Key[] {
    const untilMs = performance.now() - this.settledAfterMs;
    const settled: Key[] = [];
    for (const { key, atMs } of this.keys.values()) {
      if (atMs > untilMs || settled.length === most) break;
      settled.push(key);
    }
    return settled;
  }
}

function idOf(key: BucketKey | SketchKey): string {
  return 'kind' in key ? `${bucketId(key)} ${key.kind}` : bucketId(key);
}

async function mergeRows(transaction: CountTransaction, keys: readonly BucketKey[]): Promise<void> {
  for (const some of chunksOf(keys, CHUNK_OF_PARTS)) {
    const divided = dividedOf(some, await transaction.parts(some));
    await transaction.replaceParts(divided.map(({ key, parts }) => bucketRow(key, sumOf(parts))));
  }
}

function sumOf(parts: readonly BucketRow[]): Cells[] {
  return parts[0].counts.map((_, dimension) => {
    const sum = new Cells();
    for (const { counts, histograms } of parts) {
      if (counts[dimension]) sum.mergeCounts(counts[dimension]);
      if (histograms[dimension]) sum.mergeHistograms(histograms[dimension]);
    }
    return sum;
  });
}

async function mergeSketches(transaction: CountTransaction, keys: readonly SketchKey[]): Promise<void> {
  for (const some of chunksOf(keys, CHUNK)) {
    const divided = dividedOf(some, await transaction.sketchParts(some));
    await transaction.replaceSketches(divided.map(({ key, parts }) => ({ ...key, sketch: unionOf(parts) })));
  }
}

function unionOf(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const union = new UniqueSketch();
  for (const part of parts) union.mergeBytes(part);
  return union.toBytes();
}

/** With their parts, where there are several still: somebody else may have merged or removed them. */
function dividedOf<Key, Part>(keys: readonly Key[], parts: readonly Part[][]): { key: Key; parts: Part[] }[] {
  return keys.map((key, i) => ({ key, parts: parts[i] })).filter((one) => one.parts.length > 1);
}
