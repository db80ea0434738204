import { FewMap } from './few-map.js';

/** Width of a bin: each is 2 % wider than the one before. */
const GAMMA = 1.02;
/** The bin for zero, negative values and anything under a microsecond. */
export const LOWEST_BIN = -32_768;

export interface LatencyValues {
  count: number;
  /** Milliseconds; null where nothing was timed. Percentiles within 1 %, the others exact. */
  avg: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

/** The value in milliseconds that represents a bin, within 1 % of each value in it (DDSketch: Masson et al. 2019). */
function binValueMs(bin: number): number {
  return bin === LOWEST_BIN ? 0 : (2 * GAMMA ** bin) / (GAMMA + 1);
}

const HIGHEST_BIN = 32_767;
const LN_GAMMA = Math.log(GAMMA);

function latencyBin(durationMs: number): number {
  return durationMs < 0.001 ? LOWEST_BIN : Math.min(Math.ceil(Math.log(durationMs) / LN_GAMMA), HIGHEST_BIN);
}

/** How often each bin was hit; bin i holds the durations in (1.02^(i-1), 1.02^i], as the SQL function sightline_latency_bin. */
export class LatencyHistogram {
  private readonly counts = new FewMap<number, number>();

  /** Adds `counts[k]` hits of `bins[k]`. */
  add(bins: readonly number[], counts: readonly number[]): void {
    if (this.isEmpty) for (let k = 0; k < bins.length; k++) this.counts.append(bins[k], counts[k]);
    else for (let k = 0; k < bins.length; k++) this.addTo(bins[k], counts[k]);
  }

  /** Adds one hit of a duration. */
  hit(durationMs: number): void {
    this.addTo(latencyBin(durationMs), 1);
  }

  /** The bins, and the hits of each. */
  columns(): [bins: readonly number[], counts: readonly number[]] {
    const places = Array.from({ length: this.counts.size }, (_, i) => i);
    return [places.map((i) => this.counts.keyAt(i)), places.map((i) => this.counts.valueAt(i))];
  }

  clear(): void {
    this.counts.clear();
  }

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  merge(other: LatencyHistogram): void {
    for (let i = 0; i < other.counts.size; i++) this.addTo(other.counts.keyAt(i), other.counts.valueAt(i));
  }

  /**
   * The durations at these percents, by nearest rank, within 1 % and never above `maxMs`, the greatest duration.
   * null each where nothing was timed.
   */
  percentilesMs(percents: readonly number[], maxMs: number | null): (number | null)[] {
    if (this.isEmpty || maxMs === null) return percents.map(() => null);
    const { first, ranks, lowest, total } = this.ranks();
    return percents.map((percent) => {
      const rank = Math.max(1, Math.ceil((percent / 100) * total));
      if (rank <= lowest) return Math.min(0, maxMs);
      return Math.min(binValueMs(first + ranks.findIndex((seen) => seen >= rank)), maxMs);
    });
  }

  /** How many hits bins have up to each, from the first one above the lowest, which is far from all others. */
  private ranks(): { first: number; ranks: Float64Array; lowest: number; total: number } {
    const { counts } = this;
    let [first, last, lowest] = [Infinity, LOWEST_BIN, 0];
    for (let i = 0; i < counts.size; i++) {
      const bin = counts.keyAt(i);
      if (bin === LOWEST_BIN) lowest += counts.valueAt(i);
      else [first, last] = [Math.min(first, bin), Math.max(last, bin)];
    }
    const ranks = new Float64Array(Math.max(0, last - first + 1));
    for (let i = 0; i < counts.size; i++) {
      if (counts.keyAt(i) !== LOWEST_BIN) ranks[counts.keyAt(i) - first] += counts.valueAt(i);
    }
    let total = lowest;
    for (let i = 0; i < ranks.length; i++) ranks[i] = total += ranks[i];
    return { first, ranks, lowest, total };
  }

  private addTo(bin: number, hits: number): void {
    this.counts.set(bin, (this.counts.get(bin) ?? 0) + hits);
  }
}
