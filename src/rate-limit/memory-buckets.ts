import type { ThrottlerStorage } from '@nestjs/throttler';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.js';
import { hitOf, type Hit } from './hit.js';
import { takeToken, type Bucket } from './token-bucket.js';

// About 20 MB. A bucket that is pushed out was the longest unused; its owner gets a full one.
const MAX_BUCKETS = 100_000;

/** Token buckets of one process: the same cost a hit however many there were. */
export class MemoryBuckets implements ThrottlerStorage {
  private readonly buckets: LRUCache<string, Bucket>;

  constructor(
    private readonly clock: Clock,
    maxBuckets = MAX_BUCKETS,
  ) {
    this.buckets = new LRUCache({ max: maxBuckets });
  }

  /** `limit` is the bucket's capacity, `ttl` the milliseconds in which it fills. */
  increment(key: string, ttl: number, limit: number): Promise<Hit> {
    const rate = { capacity: limit, fillMs: ttl };
    const nowMs = this.clock.nowMs();
    let bucket = this.buckets.get(key);
    if (bucket === undefined) {
      bucket = { tokens: limit, atMs: nowMs };
      this.buckets.set(key, bucket);
    }
    const passes = takeToken(bucket, rate, nowMs);
    return Promise.resolve(hitOf(passes, bucket.tokens, rate));
  }
}
