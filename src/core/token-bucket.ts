import { LRUCache } from 'lru-cache';
import { rateLimitExceeded } from './errors.js';
import type { Clock } from './ports/clock.js';

/** A bucket of `capacity` tokens that fills in `fillMs`; each hit takes one. */
export interface Rate {
  /** A whole number, at least 1. */
  capacity: number;
  /** From empty to full. */
  fillMs: number;
}

export interface Bucket {
  tokens: number;
  atMs: number;
}

/** A token, minus a possible rounding error: after Retry-After a hit must pass. */
export const TOKEN = 1 - 1e-9;

/** Takes a token, if there is one. In any stretch of `t` ms at most `capacity + t × capacity / fillMs` hits pass. */
export function takeToken(bucket: Bucket, { capacity, fillMs }: Rate, nowMs: number): boolean {
  // a clock that was set back refills nothing, and must not stop later refills
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  const tokens = Math.min(capacity, bucket.tokens + (elapsedMs * capacity) / fillMs);
  const passes = tokens >= TOKEN;
  bucket.tokens = passes ? Math.max(0, tokens - 1) : tokens;
  bucket.atMs = nowMs;
  return passes;
}

/** Whole seconds until a bucket that holds `tokens` holds `wanted`. */
export function secondsUntil(wanted: number, tokens: number, { capacity, fillMs }: Rate): number {
  return Math.ceil((Math.max(0, wanted - tokens) * fillMs) / capacity / 1000);
}

/** A key's own limit has its own bucket; a burst is never larger than a minute's worth of it. */
export function rateOf(burst: number, perMinute: number, ownPerMinute: number | null): Rate {
  const capacity = ownPerMinute === null ? burst : Math.min(burst, Math.max(1, Math.floor(ownPerMinute)));
  return { capacity, fillMs: (capacity / (ownPerMinute ?? perMinute)) * 60_000 };
}

// About 20 MB. The least recently used bucket is evicted; its owner then starts with a full one.
const MAX_BUCKETS = 100_000;

/** The token buckets of one process, by key: the same cost a hit however many there were. */
export class TokenBuckets {
  private readonly buckets: LRUCache<string, Bucket>;

  constructor(
    private readonly clock: Clock,
    maxBuckets = MAX_BUCKETS,
  ) {
    // By `max` the cache has room for all of them from the start: 3 MB, three times in each process.
    this.buckets = new LRUCache({ maxSize: maxBuckets, sizeCalculation: () => 1 });
  }

  /** Takes a token, if there is one; `tokens` is what is left. */
  take(key: string, rate: Rate): { passes: boolean; tokens: number } {
    const nowMs = this.clock.nowMs();
    let bucket = this.buckets.get(key);
    if (bucket === undefined) {
      bucket = { tokens: rate.capacity, atMs: nowMs };
      this.buckets.set(key, bucket);
    }
    const passes = takeToken(bucket, rate, nowMs);
    return { passes, tokens: bucket.tokens };
  }

  /** Takes a token. @throws SightlineError `rate_limit_exceeded` where there is none */
  require(key: string, rate: Rate): void {
    const { passes, tokens } = this.take(key, rate);
    if (!passes) throw rateLimitExceeded(Math.max(1, secondsUntil(1, tokens, rate)));
  }
}
