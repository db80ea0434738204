import { MINUTE, type Micros } from '../time.js';
import { Cells } from './cells.js';
import type { BucketKey, BucketRow, SketchKey, SketchRow } from './count-store.js';
import type { CountedRecords } from './counted-records.js';
import type { CountedKind } from './kind.js';
import type { Tier } from './time-cover.js';
import { UniqueSketch } from './unique-sketch.js';

/** Buckets that have ended. */
export interface Folded {
  rows: BucketRow[];
  sketches: SketchRow[];
}

/** The value under which a record is counted in a dimension: its own or '(other)'. */
type Admit = (records: CountedRecords, i: number, dimension: number) => string;

/** The times from which on there are minute buckets, of counts and of sketches. */
interface FirstMinutes {
  counts: Micros;
  sketches: Micros;
}

/**
 * Records folded into rows of rollups, of every tier. They come `inOrder`, so that of each tier one bucket is open: each record is
 * added to the finest that it has, which is added to the next wider one when it ends. What it costs depends
 * neither on how many buckets there are nor on how many records a bucket has.
 */
export class Fold {
  private projectId = 0;
  private day = 0;
  private rows: BucketRow[] = [];
  private sketchRows: SketchRow[] = [];
  private readonly buckets: OpenBuckets<Cells[]>;
  /** By kind. */
  private readonly sketches: OpenBuckets<UniqueSketch>[];
  /** Where each dimension's tiers begin among those of the buckets. */
  private readonly firstTiers: number[];

  constructor(
    private readonly kind: CountedKind,
    private readonly firstMinutes: FirstMinutes,
    private readonly admit: Admit,
  ) {
    const [{ tiers }] = kind.dimensions;
    this.firstTiers = kind.dimensions.map((dimension) => tiers.indexOf(dimension.tiers[0]));
    this.buckets = new OpenBuckets(
      tiers,
      () => kind.dimensions.map(() => new Cells()),
      (tier, bucket, cells, wider) => this.endBucket({ ...this.of, tier, bucket }, cells, wider),
    );
    this.sketches = kind.uniqueKinds.map(
      (name) =>
        new OpenBuckets(
          kind.uniqueTiers,
          () => new UniqueSketch(),
          (tier, bucket, sketch, wider) =>
            this.endSketch({ ...this.of, tier, bucket, kind: name }, sketch, wider),
        ),
    );
  }

  /** Adds the `i`th of some records. */
  add(records: CountedRecords, i: number): void {
    const projectId = records.projects[i];
    const day = records.days[i];
    const timestamp = records.timestamps[i];
    const error = records.errors[i];
    const durationMs = records.durationMs(i);
    if (projectId !== this.projectId || day !== this.day) {
      this.end();
      this.projectId = projectId;
      this.day = day;
    }
    const { dimensions } = this.kind;
    const finest = timestamp < this.firstMinutes.counts ? 1 : 0;
    const open = this.buckets.at(timestamp);
    for (let d = 0; d < dimensions.length; d++) {
      const cells = open[Math.max(finest, this.firstTiers[d])][d];
      const measures = cells.of(this.admit(records, i, d));
      measures.add(error, durationMs);
      if (dimensions[d].latencyTiers.length > 0) measures.addToHistogram(durationMs);
    }
    const finestSketch = timestamp < this.firstMinutes.sketches ? 1 : 0;
    for (let u = 0; u < this.sketches.length; u++) {
      const hash = records.hash(i, u);
      if (hash !== null) this.sketches[u].at(timestamp)[finestSketch].add(...hash);
    }
  }

  /** Ends what is open: all records are added, or those of a day. */
  end(): void {
    this.buckets.end();
    for (const ofKind of this.sketches) ofKind.end();
  }

  /** The buckets that have ended since the last call. */
  take(): Folded {
    const { rows, sketchRows: sketches } = this;
    this.rows = [];
    this.sketchRows = [];
    return { rows, sketches };
  }

  private get of(): { projectId: number; day: number } {
    const { projectId, day } = this;
    return { projectId, day };
  }

  private endBucket(key: BucketKey, cells: readonly Cells[], wider: readonly Cells[] | undefined): void {
    // earlier minutes are not kept, and their buckets are empty
    if (cells.some((of) => of.size > 0)) this.rows.push(bucketRow(key, cells));
    for (const [i, of] of cells.entries()) {
      if (of.size === 0) continue;
      wider?.[i].merge(of);
      of.clear();
    }
  }

  private endSketch(key: SketchKey, sketch: UniqueSketch, wider: UniqueSketch | undefined): void {
    if (sketch.isEmpty) return;
    this.sketchRows.push({ ...key, sketch: sketch.toBytes() });
    wider?.merge(sketch);
    sketch.clear();
  }
}

/** The cells of each dimension of a bucket as they are stored. */
export function bucketRow(key: BucketKey, cells: readonly Cells[]): BucketRow {
  return {
    ...key,
    counts: cells.map((of) => (of.size > 0 ? of.countsJson() : null)),
    histograms: cells.map((of) => (of.size > 0 ? of.histogramsJson() : null)),
  };
}

/** The open bucket of each tier, for times that never decrease. Their contents are reused for the next bucket. */
class OpenBuckets<Thing> {
  private readonly things: Thing[];
  private readonly widths: Micros[];
  private readonly starts: Micros[];
  /** Of the narrowest. */
  private endsAt = -Infinity;
  private isOpen = false;

  constructor(
    private readonly tiers: readonly Tier[],
    make: () => Thing,
    private readonly ended: Ended<Thing>,
  ) {
    this.things = tiers.map(make);
    this.widths = tiers.map((tier) => tier * MINUTE);
    this.starts = tiers.map(() => 0);
  }

  /** The contents of the buckets of a time, by tier. Ends the open buckets that do not contain it. */
  at(time: Micros): readonly Thing[] {
    if (time < this.endsAt) return this.things;
    for (let i = 0; i < this.things.length; i++) {
      const start = Math.floor(time / this.widths[i]) * this.widths[i];
      // narrow ones lie within wider ones: end these first, then the ones that they were added to
      if (this.isOpen && start !== this.starts[i]) this.endOne(i);
      this.starts[i] = start;
    }
    this.endsAt = this.starts[0] + this.widths[0];
    this.isOpen = true;
    return this.things;
  }

  /** Ends all; times may begin anew. */
  end(): void {
    if (this.isOpen) for (let i = 0; i < this.things.length; i++) this.endOne(i);
    this.isOpen = false;
    this.endsAt = -Infinity;
  }

  private endOne(i: number): void {
    this.ended(this.tiers[i], this.starts[i], this.things[i], this.things[i + 1]);
  }
}

/** Called when a bucket has ended, with the contents of the wider one that contains it; undefined for the widest. */
type Ended<Thing> = (tier: Tier, bucket: Micros, thing: Thing, wider: Thing | undefined) => void;
