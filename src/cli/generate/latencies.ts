import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

export interface LatencySummary {
  p50: number;
  p99: number;
  max: number;
}

/** How long answers took. */
export class Latencies {
  private readonly micros: RecordableHistogram = createHistogram();

  add(tookMs: number): void {
    this.micros.record(Math.max(1, Math.round(tookMs * 1000)));
  }

  /** In milliseconds; null where nothing was answered. */
  summary(): LatencySummary | null {
    if (this.micros.count === 0) return null;
    const ms = (micros: number) => Math.round(micros / 100) / 10;
    const { micros } = this;
    return { p50: ms(micros.percentile(50)), p99: ms(micros.percentile(99)), max: ms(micros.max) };
  }

  reset(): void {
    this.micros.reset();
  }
}
