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
    if (this.isEmpty) this.counts.fill(bins, counts);
    else for (let k = 0; k < bins.length; k++) this.addTo(bins[k], counts[k]);
  }

  /** Adds one hit of a duration. */
  hit(durationMs: number): void {
    this.addTo(latencyBin(durationMs), 1);
  }

  /** The bins, and the hits of each. */
  columns(): [bins: readonly number[], counts: readonly number[]] {
    const bins: number[] = [];
    const counts: number[] = [];
    for (let i = 0; i < this.counts.size; i++) {
      bins.push(this.counts.keyAt(i));
      counts.push(this.counts.valueAt(i));
    }
    return [bins, counts];
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
    const { counts } = this;
    // a bin and its place, 16 bits each: in the order of bins by as many steps as there are, however far apart
    const order = new Uint32Array(counts.size);
    for (let i = 0; i < order.length; i++) order[i] = ((counts.keyAt(i) - LOWEST_BIN) << 16) | i;
    order.sort();
    let total = 0;
    const ranks = new Float64Array(order.length);
    for (let i = 0; i < order.length; i++) ranks[i] = total += counts.valueAt(order[i] & 0xffff);
    return percents.map((percent) => {
      const rank = Math.max(1, Math.ceil((percent / 100) * total));
      const hit = order[ranks.findIndex((seen) => seen >= rank)];
      return Math.min(binValueMs((hit >>> 16) + LOWEST_BIN), maxMs);
    });
  }

  private addTo(bin: number, hits: number): void {
    this.counts.set(bin, (this.counts.get(bin) ?? 0) + hits);
  }
}
