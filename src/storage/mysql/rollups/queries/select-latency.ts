import type { LatencySeries } from '../../../../core/access-stats.js';
import type { Micros } from '../../../../core/event.js';
import { LatencyHistogram } from '../../../../core/latency-histogram.js';
import { latencyValues, type Durations } from '../../../../core/latency-values.js';
import type { Sessions } from '../../sql.js';
import { BIN } from '../dimensions.js';
import { addHistogram, addHits, type Bins } from '../histogram-bytes.js';
import { pointOf, type WindowSql } from '../window-sql.js';

interface LatencyPart {
  point: number;
  /** Of deltas; null of a bucket. */
  bin: number | null;
  n: number;
  sum_ms: number;
  max_ms: number;
  /** Of a bucket. */
  histogram: Buffer | null;
}

/** The durations of a window, in all and at each point. */
export async function selectLatency(
  db: Sessions,
  { buckets, deltas }: WindowSql,
  starts: readonly Micros[],
): Promise<LatencySeries> {
  const parts = await db.rows<LatencyPart>(`
    select ${pointOf('bucket', starts)} as point, null as bin, n, sum_ms, max_ms, histogram
    from access_latency where ${buckets}
    union all
    select ${pointOf('timestamp', starts)}, ${BIN} as bin, count(*), sum(latency_ms), max(latency_ms), null
    from access_deltas where ${deltas} and latency_ms is not null group by 1, 2`);
  const total = new Timed();
  const points = starts.map(() => new Timed());
  for (const part of parts) {
    total.add(part);
    points[part.point - 1].add(part);
  }
  return { total: total.values(), series: points.map((point) => point.values()) };
}

/** Durations, added up. */
class Timed {
  private readonly durations: Durations = { n: 0, sum: 0, max: null };
  private readonly bins: Bins = new Map();

  add({ bin, n, sum_ms, max_ms, histogram }: LatencyPart): void {
    this.durations.n += n;
    this.durations.sum += sum_ms;
    this.durations.max = Math.max(this.durations.max ?? 0, max_ms);
    if (bin !== null) addHits(this.bins, bin, n);
    if (histogram) addHistogram(this.bins, histogram);
  }

  values() {
    const histogram = new LatencyHistogram();
    histogram.add([...this.bins.keys()], [...this.bins.values()]);
    return latencyValues(this.durations, histogram);
  }
}
