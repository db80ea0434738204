import type { Durations } from '../../../../core/latency-values.js';
import type { Sessions } from '../../sql.js';
import { BIN } from '../dimensions.js';
import { addHistogram, addHits, type Bins } from '../histogram-bytes.js';
import type { WindowSql } from '../window-sql.js';

interface LatencyPart {
  /** Of deltas; null of a bucket. */
  bin: number | null;
  n: number;
  sum_ms: number;
  max_ms: number;
  /** Of a bucket. */
  histogram: Buffer | null;
}

/** The durations of a window. */
export async function selectLatency(
  db: Sessions,
  { buckets, deltas }: WindowSql,
): Promise<{ durations: Durations; bins: Bins }> {
  const parts = await db.rows<LatencyPart>(`
    select null as bin, n, sum_ms, max_ms, histogram from access_latency where ${buckets}
    union all
    select ${BIN} as bin, count(*), sum(latency_ms), max(latency_ms), null
    from access_deltas where ${deltas} and latency_ms is not null group by 1`);
  const durations: Durations = { n: 0, sum: 0, max: null };
  const bins: Bins = new Map();
  for (const { bin, n, sum_ms, max_ms, histogram } of parts) {
    durations.n += n;
    durations.sum += sum_ms;
    durations.max = Math.max(durations.max ?? 0, max_ms);
    if (bin !== null) addHits(bins, bin, n);
    if (histogram) addHistogram(bins, histogram);
  }
  return { durations, bins };
}
