import { FewMap } from './few-map.js';
import { LatencyHistogram, type LatencyValues } from './latency-histogram.js';

/** Most counts kept for reuse: one bucket of ten thousand names must not pin as many for ever. */
const MOST_SPARE = 256;
const NOT_TIMED = new LatencyHistogram();

/** What is counted of records that share a value. */
export class Measures {
  n = 0;
  errors = 0;
  /** Those with a duration. */
  timed = 0;
  /** Milliseconds. */
  sum = 0;
  max: number | null = null;
  histogram: LatencyHistogram | null = null;

  add(error: number, durationMs: number | null): void {
    this.n++;
    this.errors += error;
    if (durationMs === null) return;
    this.timed++;
    this.sum += durationMs;
    if (this.max === null || durationMs > this.max) this.max = durationMs;
  }

  addToHistogram(durationMs: number | null): void {
    if (durationMs !== null) (this.histogram ??= new LatencyHistogram()).hit(durationMs);
  }

  /** The counts without the histogram. */
  addCounts(n: number, errors: number, timed: number, sum: number, max: number | null): void {
    this.n += n;
    this.errors += errors;
    this.timed += timed;
    this.sum += sum;
    if (max !== null && (this.max === null || max > this.max)) this.max = max;
  }

  /** Resets it for reuse. */
  clear(): void {
    this.n = this.errors = this.timed = this.sum = 0;
    this.max = null;
    this.histogram?.clear();
  }

  merge(other: Readonly<Measures>): void {
    this.addCounts(other.n, other.errors, other.timed, other.sum, other.max);
    if (other.histogram && !other.histogram.isEmpty)
      (this.histogram ??= new LatencyHistogram()).merge(other.histogram);
  }
}

export type CountsJson = [
  value: string,
  n: number,
  errors: number,
  timed?: number,
  sum?: number,
  max?: number | null,
][];
type HistogramsJson = [value: string, bins: readonly number[], counts: readonly number[]][];

/** What is counted at the points of a series, by value. */
export interface CountsByPoint {
  forEachAt(point: number, visit: (measures: Readonly<Measures>, value: string) => void): void;
}

/** What is counted in one bucket, or at one point of a series, by the values of one dimension. */
export class Cells {
  private readonly cells = new FewMap<string, Measures>();
  /** Cleared counts, for reuse. */
  private readonly spare: Measures[] = [];

  get size(): number {
    return this.cells.size;
  }

  of(value: string): Measures {
    return this.cells.get(value) ?? this.append(value);
  }

  /** Without the garbage of `entries`. */
  forEach(visit: (measures: Measures, value: string) => void): void {
    for (let i = 0; i < this.size; i++) visit(this.cells.valueAt(i), this.cells.keyAt(i));
  }

  entries(): [value: string, Measures][] {
    return Array.from({ length: this.size }, (_, i) => [this.cells.keyAt(i), this.cells.valueAt(i)]);
  }

  /** Keeps its counts for the values to come. */
  clear(): void {
    for (let i = 0; i < this.size; i++) {
      const measures = this.cells.valueAt(i);
      measures.clear();
      if (this.spare.length < MOST_SPARE) this.spare.push(measures);
    }
    this.cells.clear();
  }

  merge(other: Cells): void {
    for (let i = 0; i < other.size; i++) this.of(other.cells.keyAt(i)).merge(other.cells.valueAt(i));
  }

  /** Adds what `countsJson` wrote. */
  mergeCounts(json: string): void {
    const isEmpty = this.size === 0;
    for (const [value, n, errors, timed = 0, sum = 0, max = null] of JSON.parse(json) as CountsJson) {
      (isEmpty ? this.append(value) : this.of(value)).addCounts(n, errors, timed, sum, max);
    }
  }

  /** Adds what `histogramsJson` wrote. */
  mergeHistograms(json: string): void {
    for (const [value, bins, counts] of JSON.parse(json) as HistogramsJson) {
      (this.of(value).histogram ??= new LatencyHistogram()).add(bins, counts);
    }
  }

  // One call for all: text that is put together piece by piece takes up to twice as long, and memory for each piece until it is written.
  countsJson(): string {
    const counts: CountsJson = [];
    for (let i = 0; i < this.size; i++) {
      const [value, { n, errors, timed, sum, max }] = [this.cells.keyAt(i), this.cells.valueAt(i)];
      counts.push(timed === 0 ? [value, n, errors] : [value, n, errors, timed, sum, max]);
    }
    return JSON.stringify(counts);
  }

  /** null where nothing was timed. */
  histogramsJson(): string | null {
    const histograms: HistogramsJson = [];
    for (let i = 0; i < this.size; i++) {
      const { histogram } = this.cells.valueAt(i);
      if (histogram && !histogram.isEmpty) histograms.push([this.cells.keyAt(i), ...histogram.columns()]);
    }
    return histograms.length === 0 ? null : JSON.stringify(histograms);
  }

  private append(value: string): Measures {
    const measures = this.spare.pop() ?? new Measures();
    this.cells.append(value, measures);
    return measures;
  }
}

/** How the durations of records are answered. */
export function latencyOf({ timed, sum, max, histogram }: Measures): LatencyValues {
  const [p50, p95, p99] = (histogram ?? NOT_TIMED).percentilesMs([50, 95, 99], max);
  return { count: timed, avg: timed === 0 ? null : sum / timed, p50, p95, p99, max };
}
