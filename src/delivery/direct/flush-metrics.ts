import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';

/** How long flushes take and how large they are, of whatever records. */
@Injectable()
export class FlushMetrics {
  constructor(
    @InjectMetric('ingest_flush_duration_seconds') private readonly duration: Histogram,
    @InjectMetric('ingest_flush_rows') private readonly rows: Histogram,
    @InjectMetric('ingest_flush_failures_total') private readonly failures: Counter,
  ) {}

  /** Observes a flush of `rows` records; of a failed one only that it failed. */
  async timed<T>(rows: number, flush: Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const result = await flush.catch((error: unknown) => {
      this.failures.inc();
      throw error;
    });
    this.duration.observe((performance.now() - startedMs) / 1000);
    this.rows.observe(rows);
    return result;
  }
}
