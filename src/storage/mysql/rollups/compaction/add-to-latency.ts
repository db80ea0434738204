import type { Micros } from '../../../../core/event.js';
import { TIERS, type Tier } from '../../../../core/time-cover.js';
import { bytes, number, tuples } from '../../literals.js';
import type { Session } from '../../sql.js';
import { addHistogram, addHits, histogramBytes, type Bins } from '../histogram-bytes.js';
import {
  byBucket,
  chunks,
  idOf,
  inBuckets,
  KEY_COLUMNS,
  keyLiterals,
  keyOf,
  type BucketKey,
  type OfMinute,
} from './buckets.js';

interface BinOfMinute extends OfMinute {
  bin: number;
  n: number;
  sum_ms: number;
  max_ms: number;
}

interface LatencyRow {
  project_id: number;
  tier: Tier;
  bucket: string;
  day: string;
  n: number;
  sum_ms: number;
  max_ms: number;
  histogram: Buffer;
}

/**
 * Adds a batch's durations to access_latency; minute buckets before `firstMinute` are left out. Only one process at a time: it reads,
 * merges and writes back.
 */
export async function addToLatency(db: Session, firstMinute: Micros): Promise<void> {
  const found = await db.rows<BinOfMinute>(`
    select project_id, day, minute, bin, count(*) as n, sum(latency_ms) as sum_ms, max(latency_ms) as max_ms
    from access_batch where latency_ms is not null group by project_id, day, minute, bin`);
  for (const chunk of chunks(byBucket(found, TIERS, firstMinute))) await merge(db, chunk);
}

async function merge(
  db: Session,
  buckets: readonly { key: BucketKey; parts: BinOfMinute[] }[],
): Promise<void> {
  const stored = await db.rows<LatencyRow>(`
    select ${KEY_COLUMNS}, n, sum_ms, max_ms, histogram from access_latency
    where ${inBuckets(buckets.map(({ key }) => key))}`);
  const byId = new Map(stored.map((row) => [idOf(keyOf(row)), row]));
  const merged = buckets.map(({ key, parts }) => {
    const before = byId.get(idOf(key));
    const bins: Bins = new Map();
    if (before) addHistogram(bins, before.histogram);
    let { n, sum_ms, max_ms } = before ?? { n: 0, sum_ms: 0, max_ms: 0 };
    for (const part of parts) {
      addHits(bins, part.bin, part.n);
      n += part.n;
      sum_ms += part.sum_ms;
      max_ms = Math.max(max_ms, part.max_ms);
    }
    return [...keyLiterals(key), number(n), number(sum_ms), number(max_ms), bytes(histogramBytes(bins))];
  });
  await db.run(
    `replace into access_latency (${KEY_COLUMNS}, n, sum_ms, max_ms, histogram) values ${tuples(merged)}`,
  );
}
