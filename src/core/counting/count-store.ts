import type { Micros } from '../time.js';
import type { CountedRecords } from './counted-records.js';
import type { CountedKind, CountedRow } from './kind.js';
import type { Piece, Tier } from './time-cover.js';

/** Records of one append that are not in the rollups yet. */
export interface Block {
  id: number;
  rows: readonly CountedRow[];
}

/** A block as the store lists it. */
export interface ListedBlock {
  id: number;
  /** Records. */
  size: number;
  /** Milliseconds since it was stored, by the clock that stamped it. */
  ageMs: number;
}

/** The result of one query, and the blocks that were pending at that moment. */
export interface Found<T, End = never> {
  found: T[];
  /** Ids of blocks. */
  pending: number[];
  /** What the rows say of the pieces of tier 0: the ragged ends of a window. */
  ends: End[];
}

/** Records of one ragged end, of one value, and of one bin of durations (null for those without a duration). */
export interface EndCells {
  /** Index among the pieces. */
  piece: number;
  value: string;
  bin: number | null;
  n: number;
  errors: number;
  sum: number;
  max: number | null;
}

/** Distinct users, sessions or addresses of one ragged end: hashes of 8 bytes each. */
export interface EndHashes {
  piece: number;
  hashes: Uint8Array;
}

/** One bucket's cells of a dimension: JSON of counts, or of histograms (see core/counting/cells.ts). */
export interface StoredCells {
  bucket: Micros;
  /** null where the bucket has none of this dimension. */
  counts: string | null;
  /** null where nothing was timed, or they were not asked for. */
  histograms: string | null;
}

/** How many were seen in a bucket, or in a part of it. */
export interface StoredEstimate {
  bucket: Micros;
  estimate: number;
}

/** Who was seen there. */
export interface StoredSketch extends StoredEstimate {
  /** See core/counting/unique-sketch.ts. Not to be changed. */
  sketch: Uint8Array;
}

/** The key of a row of rollups. */
export interface BucketKey {
  projectId: number;
  tier: Tier;
  bucket: Micros;
  /** UTC day of receipt, days since the epoch. */
  day: number;
}

/** A key as text, to find its bucket by. */
export function bucketId({ projectId, tier, bucket, day }: BucketKey): string {
  return `${projectId} ${tier} ${bucket} ${day}`;
}

/**
 * A row of rollups: the cells of each dimension of the kind, as JSON; null for a dimension that the row does not have. A
 * bucket has one or several such parts, whose cells add up.
 */
export interface BucketRow extends BucketKey {
  counts: (string | null)[];
  histograms: (string | null)[];
}

export interface SketchKey extends BucketKey {
  kind: string;
}

/** The distinct users, sessions or addresses of a bucket, or of a part of it; parts are united. */
export interface SketchRow extends SketchKey {
  /** See core/counting/unique-sketch.ts. */
  sketch: Uint8Array;
}

/** What has several parts by now. */
export interface Divided<Key extends BucketKey> {
  key: Key;
  parts: number;
}

/** How many records of a day of receipt have a value. */
export interface Total {
  projectId: number;
  /** Days since the epoch. */
  day: number;
  dimension: string;
  value: string;
  n: number;
}

/** Values of one dimension, of records of one day. */
export interface NamesOfDay {
  projectId: number;
  day: number;
  dimension: string;
}

/** One transaction that moves blocks into the rollups; nobody else writes rollups meanwhile. */
export interface CountTransaction {
  /** The oldest blocks, until they have `records` together; at least one if there is any. */
  oldest(records: number): Promise<ListedBlock[]>;
  /** The blocks of these ids, in no particular order. */
  blocks(ids: readonly number[]): Promise<Block[]>;
  /** Called with all records of a batch: cached results for their times, which lack them, are dropped. */
  forget(records: CountedRecords): Promise<void>;
  /** Those of the projects that exist. */
  projects(ids: readonly number[]): Promise<Set<number>>;
  /** Which of `values` have a total on that day. */
  known(names: NamesOfDay, values: readonly string[]): Promise<string[]>;
  /** How many values but '' and '(other)' have a total on that day. */
  taken(names: NamesOfDay): Promise<number>;
  /** Which of `values` have a total on one of the `days` days before. */
  remembered(names: NamesOfDay, values: readonly string[], days: number): Promise<string[]>;
  addTotals(totals: readonly Total[]): Promise<void>;
  /** Adds a part to each of these buckets; gives those that have several. */
  addParts(rows: readonly BucketRow[]): Promise<Divided<BucketKey>[]>;
  /** The parts of these buckets, in the order of the keys. */
  parts(keys: readonly BucketKey[]): Promise<BucketRow[][]>;
  /** Puts rows in the place of all parts of their buckets. */
  replaceParts(rows: readonly BucketRow[]): Promise<void>;
  /** The same of sketches. */
  addSketchParts(rows: readonly SketchRow[]): Promise<Divided<SketchKey>[]>;
  sketchParts(keys: readonly SketchKey[]): Promise<Uint8Array[][]>;
  replaceSketches(rows: readonly SketchRow[]): Promise<void>;
  /** Buckets, and sketches, that have several parts: all of them, or so many. */
  dividedBuckets(most: number): Promise<BucketKey[]>;
  dividedSketches(most: number): Promise<SketchKey[]>;
  /** Increments the revision of hours; an hour that retention has taken from stays at 0. Only for a kind with hours. */
  raiseHours(hours: readonly { projectId: number; hour: Micros }[]): Promise<void>;
  remove(ids: readonly number[]): Promise<void>;
}

/**
 * Where one kind of record is counted. What an append brings is a block in it, stored in the append's own transaction, until
 * `count` moves it into the rollups. Each method that reads is one look at one moment.
 */
export abstract class CountStore {
  abstract readonly kind: CountedKind;

  /**
   * Cells of a dimension in pieces of a window. @throws RangeError for a piece of tier 0 where not every record has a row.
   */
  abstract cells(
    projectId: number,
    dimension: string,
    pieces: readonly Piece[],
    withHistograms: boolean,
  ): Promise<Found<StoredCells, EndCells>>;

  /** Totals of a dimension over all days, of these values or of every. */
  abstract totals(
    projectId: number,
    dimension: string,
    values: readonly string[] | null,
  ): Promise<Found<{ value: string; n: number }>>;

  /** Sketches of a kind in pieces of a window. @throws as `cells` */
  abstract sketches(
    projectId: number,
    kind: string,
    pieces: readonly Piece[],
  ): Promise<Found<StoredSketch, EndHashes>>;

  /** What they estimate. @throws as `cells` */
  abstract estimates(
    projectId: number,
    kind: string,
    pieces: readonly Piece[],
  ): Promise<Found<StoredEstimate, EndHashes>>;

  /** Those of the blocks that are still there. */
  abstract blocks(ids: readonly number[]): Promise<Block[]>;

  /** The blocks that are not in the rollups. */
  abstract backlog(): Promise<ListedBlock[]>;

  /** Runs `work` in one transaction, exclusively in the cluster; false, without running it, where another process is at it. */
  abstract count(work: (transaction: CountTransaction) => Promise<void>): Promise<boolean>;
}

/** How many records have a value, over all days: of CountStore and of what is pending in it. */
export abstract class RollupTotals {
  /** `isFolded`: some values of the dimension are counted as '(other)', this one perhaps among them. */
  abstract of(projectId: number, dimension: string, value: string): Promise<{ n: number; isFolded: boolean }>;
}
