import type { BucketKey, SketchKey } from '../count-store.js';
import type { Micros } from '../event.js';
import type { Tier } from '../time-cover.js';
import { UniqueSketch } from '../unique-sketch.js';
import { Cells } from './cells.js';
import { FewMap } from './few-map.js';
import { idIn, valueIn, type CountedKind, type CountedRow } from './kind.js';

const MINUTE = 60_000_000;
/** More days since the epoch than there will be. */
const MOST_DAYS = 1_000_000;

/** A bucket with its cells: those of each dimension of the kind, null where it has none. */
export interface Bucket {
  key: BucketKey;
  cells: (Cells | null)[];
}

export interface SketchedBucket {
  key: SketchKey;
  sketch: UniqueSketch;
}

/** The value that one is counted under: itself or '(other)'. */
export type Admit = (row: CountedRow, dimension: number, value: string) => string;

/** From when on there are buckets of minutes: of counts, and of sketches. */
export interface FirstMinutes {
  counts: Micros;
  sketches: Micros;
}

/**
 * Records folded into buckets of every tier. Each record is added to the finest bucket that it has; those are lifted into the
 * wider ones when all are there: ten thousand records of one minute are a few cells before they are in four tiers.
 */
export class Fold {
  private readonly buckets: TierMap<Bucket>;
  /** By kind. */
  private readonly sketches: TierMap<SketchedBucket>[];
  /** Dimensions that have the same tiers. */
  private readonly ladders: { tiers: readonly Tier[]; dimensions: number[] }[];

  constructor(
    private readonly kind: CountedKind,
    private readonly firstMinutes: FirstMinutes,
  ) {
    this.buckets = new TierMap((key) => ({ key, cells: kind.dimensions.map(() => null) }));
    this.sketches = kind.uniqueKinds.map(
      (name) => new TierMap((key) => ({ key: { ...key, kind: name }, sketch: new UniqueSketch() })),
    );
    const byTiers = Map.groupBy(kind.dimensions.keys(), (i) => kind.dimensions[i].tiers.join());
    this.ladders = [...byTiers.values()].map((dimensions) => ({
      tiers: kind.dimensions[dimensions[0]].tiers,
      dimensions,
    }));
  }

  add(row: CountedRow, admit: Admit): void {
    const [projectId, day, timestamp, error, durationMs] = row;
    for (const { tiers, dimensions } of this.ladders) {
      const tier = finest(tiers, timestamp, this.firstMinutes.counts);
      const { cells } = this.buckets.at(projectId, day, timestamp, tier);
      for (const i of dimensions) {
        const value = admit(row, i, valueIn(row, i));
        const measures = (cells[i] ??= new Cells()).of(value);
        measures.add(error, durationMs);
        if (this.kind.dimensions[i].latencyTiers.length > 0) measures.addToHistogram(durationMs);
      }
    }
    this.addUniques(row);
  }

  private addUniques(row: CountedRow): void {
    const [projectId, day, timestamp] = row;
    const { uniqueTiers } = this.kind;
    const tier = finest(uniqueTiers, timestamp, this.firstMinutes.sketches);
    for (let i = 0; i < this.sketches.length; i++) {
      const id = idIn(row, this.kind, i);
      if (id === null) continue;
      const { sketch } = this.sketches[i].at(projectId, day, timestamp, tier);
      sketch.addText(id);
    }
  }

  /** Lifts what was added into all tiers; once, when all is added. */
  lift(): { buckets: Bucket[]; sketches: SketchedBucket[] } {
    for (const { tiers, dimensions } of this.ladders) {
      this.buckets.lift(tiers, (from, to) => {
        for (const i of dimensions) if (from.cells[i]) (to.cells[i] ??= new Cells()).merge(from.cells[i]);
      });
    }
    for (const ofKind of this.sketches) {
      ofKind.lift(this.kind.uniqueTiers, (from, to) => to.sketch.merge(from.sketch));
    }
    return { buckets: this.buckets.all(), sketches: this.sketches.flatMap((ofKind) => ofKind.all()) };
  }
}

function finest(tiers: readonly Tier[], timestamp: Micros, firstMinute: Micros): Tier {
  return tiers[0] === 1 && timestamp < firstMinute ? tiers[1] : tiers[0];
}

/** Things by tier, bucket, project and day. */
class TierMap<Thing extends { key: BucketKey }> {
  private readonly things = new Map<Tier, Map<number, FewMap<number, Thing>>>();

  constructor(private readonly make: (key: BucketKey) => Thing) {}

  at(projectId: number, day: number, time: Micros, tier: Tier): Thing {
    const width = tier * MINUTE;
    const bucket = Math.floor(time / width);
    let ofTier = this.things.get(tier);
    if (!ofTier) this.things.set(tier, (ofTier = new Map<number, FewMap<number, Thing>>()));
    let ofBucket = ofTier.get(bucket);
    if (!ofBucket) ofTier.set(bucket, (ofBucket = new FewMap()));
    const id = projectId * MOST_DAYS + day;
    let thing = ofBucket.get(id);
    if (!thing) ofBucket.set(id, (thing = this.make({ projectId, tier, bucket: bucket * width, day })));
    return thing;
  }

  lift(tiers: readonly Tier[], add: (from: Thing, to: Thing) => void): void {
    for (let i = 0; i + 1 < tiers.length; i++) {
      for (const from of this.ofTier(tiers[i])) {
        const { projectId, day, bucket } = from.key;
        add(from, this.at(projectId, day, bucket, tiers[i + 1]));
      }
    }
  }

  all(): Thing[] {
    return [...this.things.keys()].flatMap((tier) => this.ofTier(tier));
  }

  private ofTier(tier: Tier): Thing[] {
    return [...(this.things.get(tier)?.values() ?? [])].flatMap((ofBucket) => ofBucket.values());
  }
}
