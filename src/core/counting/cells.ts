import { FewMap } from './few-map.js';
import { LatencyHistogram } from '../latency-histogram.js';

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

  merge(other: Measures): void {
    this.addCounts(other.n, other.errors, other.timed, other.sum, other.max);
    if (other.histogram) (this.histogram ??= new LatencyHistogram()).merge(other.histogram);
  }
}

type CountsJson = [value: string, n: number, errors: number, timed?: number, sum?: number, max?: number][];
type HistogramsJson = [value: string, bins: readonly number[], counts: readonly number[]][];

/** What is counted in one bucket, or at one point of a series, by the values of one dimension. */
export class Cells {
  private readonly cells = new FewMap<string, Measures>();

  get size(): number {
    return this.cells.size;
  }

  of(value: string): Measures {
    let measures = this.cells.get(value);
    if (!measures) this.cells.set(value, (measures = new Measures()));
    return measures;
  }

  entries(): [value: string, Measures][] {
    const measures = this.cells.values();
    return this.cells.keys().map((value, i) => [value, measures[i]]);
  }

  values(): readonly Measures[] {
    return this.cells.values();
  }

  merge(other: Cells): void {
    for (const [value, measures] of other.entries()) this.of(value).merge(measures);
  }

  /** Adds what `countsJson` wrote. */
  mergeCounts(json: string): void {
    for (const [value, n, errors, timed = 0, sum = 0, max = null] of JSON.parse(json) as CountsJson) {
      this.of(value).addCounts(n, errors, timed, sum, max);
    }
  }

  /** Adds what `histogramsJson` wrote. */
  mergeHistograms(json: string): void {
    for (const [value, bins, counts] of JSON.parse(json) as HistogramsJson) {
      (this.of(value).histogram ??= new LatencyHistogram()).add(bins, counts);
    }
  }

  countsJson(): string {
    const json: CountsJson = [];
    for (const [value, { n, errors, timed, sum, max }] of this.entries()) {
      json.push(timed === 0 ? [value, n, errors] : [value, n, errors, timed, sum, max!]);
    }
    return JSON.stringify(json);
  }

  /** null where nothing was timed. */
  histogramsJson(): string | null {
    const json: HistogramsJson = [];
    for (const [value, { histogram }] of this.entries()) {
      if (histogram) json.push([value, ...histogram.columns()]);
    }
    return json.length === 0 ? null : JSON.stringify(json);
  }
}
