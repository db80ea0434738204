import type { Tier } from '../../../core/time-cover.js';
import type { PartitionedTable } from '../partitions.js';

/** A way to tell records apart when they are counted. */
export interface Dimension {
  name: string;
  /** Its value, as SQL over the columns of a delta (and of a row); '' for a record without one, never null. */
  value: string;
  /** Clients choose the values: a project has ROLLUP_MAX_NAMES of them a day, the rest is '(other)'. */
  capped: boolean;
  /** Tiers that it is counted in. */
  tiers: readonly Tier[];
  /** Tiers of its histograms of durations. */
  latencyTiers: readonly Tier[];
}

/** A kind of what is counted once: the distinct values of a column of the deltas, null aside. */
export interface UniqueKind {
  kind: string;
  column: string;
}

/**
 * What the rollups know of a kind of record: its tables and how it is counted. Dimension 'all', every record together, is in
 * every tier of each of them. What is in here becomes SQL as it stands: constants only.
 */
export interface CountedSource {
  /** Tells prepared statements and locks apart. */
  name: 'event' | 'access';
  records: PartitionedTable;
  deltas: string;
  totals: string;
  rollups: string;
  latency: string;
  uniques: string;
  /** Table of the hours that have records, and how often what is counted of each changed; null where nobody asks. */
  hours: string | null;
  /** Does every record have a row? Else a window has whole buckets only. */
  everyRecordHasRow: boolean;
  /** A condition on a delta or row. */
  error: string;
  /** Column of milliseconds. */
  duration: string;
  dimensions: readonly Dimension[];
  uniqueKinds: readonly UniqueKind[];
  /** Tiers of the sketches, narrowest first. */
  uniqueTiers: readonly Tier[];
}

/** @throws Error for one that the source has not. */
export function dimensionOf(source: CountedSource, name: string): Dimension {
  const found = source.dimensions.find((dimension) => dimension.name === name);
  if (!found) throw new Error(`${source.records} are not counted by ${name}`);
  return found;
}

/** The value in one dimension, or that of all records together (null). */
export function valueOf(source: CountedSource, dimension: string | null): string {
  return dimension === null ? `''` : dimensionOf(source, dimension).value;
}

/** The dimensions whose values are counted one by one only as far as there is room. */
export function cappedOf({ dimensions }: CountedSource): string[] {
  return dimensions.filter(({ capped }) => capped).map(({ name }) => name);
}

/** The column of a kind of uniques. */
export function columnOf(source: CountedSource, kind: string): string {
  const found = source.uniqueKinds.find((unique) => unique.kind === kind);
  if (!found) throw new Error(`${kind} of ${source.records} are not counted`);
  return found.column;
}

/** SQL of a list of texts. */
export function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
