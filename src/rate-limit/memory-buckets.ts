import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.js';
import { Buckets } from './buckets.js';
import { hitOf, type Hit } from './hit.js';
import { takeToken, type Bucket, type Rate } from './token-bucket.js';

// About 20 MB. A bucket that is pushed out was the longest unused; its owner gets a full one.
const MAX_BUCKETS = 100_000;

/** Token buckets of one process: the same cost a hit however many there were. */
export class MemoryBuckets extends Buckets {
  private readonly buckets: LRUCache<string, Bucket>;

  constructor(
    private readonly clock: Clock,
    maxBuckets = MAX_BUCKETS,
  ) {
    super();
    this.buckets = new LRUCache({ max: maxBuckets });
  }

  take(key: string, rate: Rate): Hit {
    const nowMs = this.clock.nowMs();
    let bucket = this.buckets.get(key);
    if (bucket === undefined) {
      bucket = { tokens: rate.capacity, atMs: nowMs };
      this.buckets.set(key, bucket);
    }
    const passes = takeToken(bucket, rate, nowMs);
    return hitOf(passes, bucket.tokens, rate);
  }
}
